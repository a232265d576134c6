import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCodeFile } from '../../src/host/elf/code-file.js';
import { functionName } from '../../src/host/elf/function-table.js';

let folder: string;
let program: string;

const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: 'pipe' });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dtrace-code-'));
  program = join(folder, 'program');
  const source = `
    static __attribute__((noipa)) int hidden(int x) { return x + 1; }
    __attribute__((noipa)) int seen(int x) { return hidden(x); }
    int main(void) { return seen(1); }`;
  writeFileSync(`${program}.c`, source);
  run('cc', '-g', '-O1', '-rdynamic', '-Wl,--build-id', '-o', program, `${program}.c`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const names = (path: string): string[] => {
  const { functions } = openCodeFile(path)!;
  return Array.from(functions.addresses, (_, i) => functionName(functions, i));
};

const runs = (command: string) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

describe('the symbols of a file', () => {
  test('are its own', () => {
    expect(names(program)).toEqual(expect.arrayContaining(['main', 'hidden', 'seen', '_start']));
  });

  test.skipIf(!runs('objcopy'))(
    'or those of a separate debug file that it names, if that belongs to it',
    () => {
      const stripped = join(folder, 'stripped');
      const debug = join(folder, '.debug', 'stripped.debug');
      mkdirSync(join(folder, '.debug'));
      run('objcopy', '--only-keep-debug', program, debug);
      run('objcopy', '--strip-all', `--add-gnu-debuglink=${debug}`, program, stripped);
      expect(names(stripped)).toContain('hidden');
      // Another program's symbols under that name.
      run('cc', '-g', '-O1', '-Wl,--build-id', '-o', debug, `${program}.c`);
      expect(names(stripped)).not.toContain('hidden');
      expect(names(stripped)).toContain('seen');
    },
  );

  test.skipIf(!runs('objcopy') || !runs('xz'))('or the dynamic ones, with what is packed in the file', () => {
    const stripped = join(folder, 'mini');
    const packed = join(folder, 'packed');
    run('objcopy', '--strip-all', program, stripped);
    expect(names(stripped)).toContain('seen');
    expect(names(stripped)).not.toContain('hidden');
    run('objcopy', '--only-keep-debug', program, packed);
    run('xz', '-k', packed);
    run('objcopy', '--add-section', `.gnu_debugdata=${packed}.xz`, stripped);
    expect(names(stripped)).toEqual(expect.arrayContaining(['seen', 'hidden']));
  });
});

test('code by addresses, places in the file, and how functions are entered', () => {
  const code = openCodeFile(program)!;
  const address = (name: string) =>
    code.functions.addresses[
      Array.from(code.functions.names.keys()).find((i) => functionName(code.functions, i) === name) ?? -1
    ] as number;
  const offset = code.fileOffset(address('seen')) as number;
  const copy = join(folder, 'copy');
  copyFileSync(program, copy);
  expect(openCodeFile(copy)!.bytes(address('seen'), 8)).toEqual(code.bytes(address('seen'), 8));
  expect(offset).toBeGreaterThan(0);
  expect(code.fileOffset(0x7fff_0000_0000)).toBeUndefined();
  expect(code.bytes(0x7fff_0000_0000, 8)).toHaveLength(0);
  expect(code.interpreter).toMatch(/ld/);
  expect(code.entry).toBe(address('_start'));
  expect(code.isCalled(address('seen'))).toBe(true);
  expect(code.isCalled(address('main'))).toBe(true);
  expect(code.isCalled(code.entry)).toBe(false);
});
