import { chmodSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keep, keepOneOf, readKept, readOneOf } from '../../src/host/kept-files.js';

describe('files that are kept', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dtrace-kept-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('come back, in a folder made for them', () => {
    const file = join(folder, 'a', 'b');
    expect(readKept(file)).toBeUndefined();
    keep(file, 'text');
    expect(readKept(file)?.toString()).toBe('text');
    expect(readdirSync(join(folder, 'a'))).toEqual(['b']);
  });

  it('say nothing when others may write them', () => {
    const file = join(folder, 'a');
    keep(file, 'text');
    chmodSync(file, 0o666);
    expect(readKept(file)).toBeUndefined();
  });

  it('are no failure where nothing can be written', () => {
    writeFileSync(join(folder, 'file'), '');
    keep(join(folder, 'file', 'a'), 'text');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('go when there are too many, what was read last stays', () => {
    const at = (name: string) => join(folder, name);
    for (const [age, name] of ['x-1', 'x-2', 'x-3', 'other'].entries()) {
      keep(at(name), name);
      utimesSync(at(name), 1000 + age, 1000 + age);
    }
    expect(readOneOf(at('x-1'))?.toString()).toBe('x-1');
    keepOneOf(at('x-4'), 'x-4', 'x-', 2);
    expect(readdirSync(folder).sort()).toEqual(['other', 'x-1', 'x-4']);
  });
});
