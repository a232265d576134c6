import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BtfBuilder } from 'ebpf-napi/btf';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readTypeFile, TypeFileError } from '../../src/host/types/type-files.js';

const HEADER = 'struct a_thing { int first; char name[16]; long last; };\n';
const hasPahole = spawnSync('pahole', ['--version']).status === 0;
const nothing = () => undefined;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'type-files-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, contents: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}

test('a BTF file, by its own first bytes', () => {
  const builder = new BtfBuilder();
  builder.int('counter_t', 4, true);
  const { name, btf } = readTypeFile(written('some.types', builder.build()), nothing);
  expect(name).toBe('some');
  expect(btf.findId('int', 'counter_t')).toBe(1);
});

test.runIf(hasPahole)('a C header and an object file with DWARF, through pahole', () => {
  const header = written('a.h', HEADER);
  expect(readTypeFile(header, nothing).btf.findId('struct', 'a_thing')).toBeGreaterThan(0);
  const object = join(folder, 'b.o');
  spawnSync('cc', ['-g', '-fno-eliminate-unused-debug-types', '-c', '-x', 'c', '-o', object, header]);
  expect(readTypeFile(object, nothing).btf.findId('struct', 'a_thing')).toBeGreaterThan(0);
});

test.each([
  ['absent', undefined, 'cannot read types'],
  ['text', 'hello, this is not a file with types', 'neither BTF'],
  ['broken', new Uint8Array([0x9f, 0xeb, 1, 0, 24, 0, 0, 0]), 'cannot be read'],
])('what is none says so: %s', (name, contents, message) => {
  const path = contents === undefined ? join(folder, name) : written(name, contents);
  expect(() => readTypeFile(path, nothing)).toThrow(TypeFileError);
  expect(() => readTypeFile(path, nothing)).toThrow(message);
});

test('without pahole the message names it', () => {
  const { PATH } = process.env;
  const object = written('c.o', ELF_WITHOUT_SECTIONS);
  process.env.PATH = '/nowhere';
  try {
    expect(() => readTypeFile(object, nothing)).toThrow(/pahole .* is not installed/);
  } finally {
    process.env.PATH = PATH;
  }
});

/** An ELF header and nothing else. */
const ELF_WITHOUT_SECTIONS = (() => {
  const bytes = new Uint8Array(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes[18] = 0x3e;
  return bytes;
})();
