import { describe, expect, test } from 'vitest';
import { memoryBytes } from '../../src/host/elf/byte-source.js';
import { openCodeFile } from '../../src/host/elf/code-file.js';
import { ElfStructure } from '../../src/host/elf/elf-file.js';
import { addressOf, functionAt } from '../../src/host/elf/find-function.js';
import { LocalHost } from '../../src/host/index.js';
import { ProcUserSymbols } from '../../src/host/symbols/user-symbols.js';

const MAPS = `00400000-00500000 r-xp 00001000 fe:00 11 /usr/bin/tool
00600000-00700000 rw-p 00000000 fe:00 11 /usr/bin/tool
7f0000000000-7f0000001000 r-xp 00000000 fe:00 12                 /tmp/lib one.so (deleted)
7fff00000000-7fff00001000 r-xp 00000000 00:00 0                  [vdso]
`;

const elf = {
  segments: [{ offset: 0x1000, address: 0x401000, fileSize: 0x100000 }],
  functions: {
    addresses: Float64Array.of(0x401000, 0x401000, 0x401010, 0x401020),
    sizes: Float64Array.of(8, 8, 0, 16),
    names: Uint32Array.of(0, 5, 10, 14),
    strings: Buffer.from('main\0alia\0asm\0last@V1\0'),
  },
};

describe('functions of a file', () => {
  test('cover their size; without one they reach to the next', () => {
    const name = (address: number) => functionAt(elf.functions, address)?.name;
    expect([name(0x401000), name(0x401007), name(0x401008), name(0x40101f)]).toEqual([
      'main',
      'main',
      undefined,
      'asm',
    ]);
    expect([name(0x401020), name(0x401030), name(0x400fff)]).toEqual(['last', undefined, undefined]);
  });

  test('are found by where the file is mapped', () => {
    expect(addressOf(elf, 0x1234)).toBe(0x401234);
    expect(addressOf(elf, 0)).toBeUndefined();
  });
});

describe('user addresses', () => {
  const space = (maps: () => string | undefined) =>
    new ProcUserSymbols({
      maps,
      elf: (_tgid, path) => (path === '/usr/bin/tool' ? elf : undefined),
      vanishes: () => false,
      jit: () => undefined,
    });

  test('get module, function and offset', () => {
    const symbols = space(() => MAPS);
    expect(symbols.at(1, 0x400004n)).toEqual({ module: 'tool', name: 'main', offset: 4n });
    expect(symbols.at(1, 0x400008n)).toEqual({ module: 'tool', name: undefined, offset: 0x401008n });
    expect(symbols.at(1, 0x600000n)).toBeUndefined();
    expect(symbols.at(1, 0x7f0000000010n)).toMatchObject({ module: 'lib one.so', name: undefined });
    expect(symbols.at(1, 0x7fff00000010n)).toMatchObject({ module: '[vdso]' });
  });

  test('keep their names after the process is gone', () => {
    let maps: string | undefined = MAPS;
    const symbols = space(() => maps);
    symbols.remember(1);
    maps = undefined;
    expect(symbols.at(1, 0x400000n)?.name).toBe('main');
    expect(symbols.at(2, 0x400000n)).toBeUndefined();
  });

  test('see libraries that were loaded later', () => {
    let maps = '';
    const symbols = space(() => maps);
    expect(symbols.at(1, 0x400000n)).toBeUndefined();
    maps = MAPS;
    expect(symbols.at(1, 0x400000n)?.name).toBe('main');
  });
});

test('this process is made of ELF files', () => {
  const own = openCodeFile(process.execPath)!;
  expect(own.segments.length).toBeGreaterThan(0);
  expect(own.functions.addresses.length).toBeGreaterThan(100);
  const sorted = own.functions.addresses;
  expect(sorted.every((address, i) => i === 0 || (sorted[i - 1] as number) <= address)).toBe(true);
  const host = new LocalHost();
  expect(host.processes.exists(process.pid)).toBe(true);
  expect(host.processes.startTime(process.pid)).toMatch(/^\d+$/);
  expect(host.processes.name(0x7fffffff)).toBeUndefined();
});

test('other files are not ELF', () => {
  const bytes = Buffer.from('#!/bin/sh\n'.padEnd(100));
  expect(ElfStructure.read(memoryBytes(bytes))).toBeUndefined();
  expect(openCodeFile('/nonexistent')).toBeUndefined();
});
