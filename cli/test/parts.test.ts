import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configurationFolder } from '../src/configuration.js';
import { CommandError } from '../src/report.js';
import { reasonOf } from '../src/system-error.js';
import { VERSION, versionText } from '../src/version.js';
import { descriptionOf, words } from '../src/words.js';
import { Writer } from '../src/writer.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dtrace-parts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('words', () => {
  it.each([
    ['ls -l', ['ls', '-l']],
    ['  ls\t-l \n', ['ls', '-l']],
    ['', ['']],
    [`sh -c 'echo "a  b"; ls' ""`, ['sh', '-c', 'echo "a  b"; ls', '']],
    [
      String.raw`grep a\.b one\ two "say \"x\" \n"`,
      ['grep', String.raw`a\.b`, 'one two', String.raw`say "x" \n`],
    ],
    ["cat what's here", ['cat', "what's", 'here']],
  ])('%j', (command, expected) => expect(words(command)).toEqual(expected));

  it.each([
    ['BEGIN', 'BEGIN'],
    ['syscall:::entry { trace(1); }', 'syscall:::entry '],
    ['tick-1s/x/', 'tick-1s'],
  ])('description of %j', (text, expected) => expect(descriptionOf(text)).toBe(expected));
});

describe('writer', () => {
  it('adds to a file, reopens, returns, truncates', () => {
    const first = join(folder, 'first');
    const second = join(folder, 'second');
    writeFileSync(first, 'old ');
    const writer = Writer.to(first);
    writer.write('one ');
    writer.reopen(second);
    writer.write('two');
    writer.reopen(undefined);
    writer.write('three');
    expect(readFileSync(first, 'utf8')).toBe('old one three');
    expect(readFileSync(second, 'utf8')).toBe('two');
    writer.truncate();
    expect(readFileSync(first, 'utf8')).toBe('');
  });

  it('says why a file cannot be opened', () => {
    const path = join(folder, 'none', 'x');
    const message = `failed to open output file '${path}': No such file or directory`;
    expect(() => Writer.to(path)).toThrow(new CommandError(message));
  });
});

describe('configuration', () => {
  it('is looked for only where there is some', () => {
    const inner = join(folder, 'a', 'b');
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "name": "x" }');
    expect(configurationFolder(inner)).toBeUndefined();
    writeFileSync(join(folder, 'package.json'), '{ "dtrace": { "providers": [] } }');
    expect(configurationFolder(inner)).toBe(inner);
    writeFileSync(join(folder, 'a', 'package.json'), '{}');
    expect(configurationFolder(inner)).toBeUndefined();
    writeFileSync(join(inner, 'dtrace.config.yaml'), '');
    expect(configurationFolder(inner)).toBe(inner);
  });
});

describe('errors and versions', () => {
  it('uses the words of the system', () => {
    const reasonFor = (action: () => unknown) => {
      try {
        action();
      } catch (error) {
        return reasonOf(error);
      }
      return undefined;
    };
    expect(reasonFor(() => readFileSync('/nonexistent'))).toBe('No such file or directory');
    expect(reasonFor(() => readFileSync('/'))).toBe('Is a directory');
    expect(reasonFor(() => closeSync(openSync('/dev/null', 'r')))).toBeUndefined();
    expect(reasonOf(new Error('as it is'))).toBe('as it is');
  });

  it('has the version of its package', () => {
    const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    expect(VERSION).toBe((JSON.parse(manifest) as { version: string }).version);
    expect(versionText(false)).toMatch(/^dtrace: Linux D \d+\.\d+\n$/);
    expect(versionText(true)).toContain(VERSION);
  });
});
