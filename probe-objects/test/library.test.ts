import { describe, expect, test } from 'vitest';
import { memoryBytes } from '../../core/src/host/elf/byte-source.js';
import { ElfStructure } from '../../core/src/host/elf/elf-file.js';
import { probeLibrary } from '../src/index.js';

describe.each(['x64', 'arm64'] as const)('a library for %s', (machine) => {
  const built = probeLibrary({
    machine,
    provider: 'p',
    function: 'func',
    probes: [
      { name: 'one', sizes: [-4, 8] },
      { name: 'two', sizes: [] },
    ],
    declarations: 'provider p { probe one(int, char *); probe two(); };\n',
  });
  const elf = ElfStructure.read(memoryBytes(built.file))!;

  test('has code and counters on pages of their own', () => {
    const page = machine === 'x64' ? 0x1000 : 0x10000;
    expect(elf.segments.map(({ offset, address }) => [offset % page, address - offset])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(built.counters.size).toBe(4);
    expect(elf.section('.probes')?.offset).toBe(built.counters.offset);
  });

  test('has a note for each probe, which leads to its nop and its counter', () => {
    const notes = elf.contents(elf.section('.note.stapsdt')!);
    // Behind its header and its owner.
    const [address, base, semaphore] = [20, 28, 36].map((at) => Number(notes.readBigUInt64LE(at)));
    expect(address).toBe(built.code.offset + built.entries[0]! + 4);
    expect(base).toBe(0);
    expect(semaphore).toBe(built.counters.offset);
    const nop = machine === 'x64' ? '0f1f440000' : '1f2003d5';
    expect(elf.bytes(address!, nop.length / 2).toString('hex')).toBe(nop);
    const operands = machine === 'x64' ? '-4@(%rdi) 8@8(%rdi)' : '-4@[x0] 8@[x0, 8]';
    expect(notes.toString('latin1', 44)).toContain(`p\0one\0${operands}\0`);
  });
});
