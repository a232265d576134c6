import { describe, expect, test } from 'vitest';
import { decodeInstructions, entryOffset, probeRefusal } from '../../src/host/instructions/index.js';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const ENDBR = 'f30f1efa';

describe('x86-64', () => {
  test('instructions with what they do to the flow of control', () => {
    // push %rbp; call +5; je +2; jmp -2; jmp *%rax; ret; repz ret; ud2 cut short
    const code = bytes('55 e805000000 7402 ebfe ffe0 c3 f3c3 0f');
    expect(decodeInstructions('x64', code, 0x1000)).toEqual([
      { address: 0x1000, length: 1, kind: 'other' },
      { address: 0x1001, length: 5, kind: 'call', target: 0x100b },
      { address: 0x1006, length: 2, kind: 'branch', target: 0x100a },
      { address: 0x1008, length: 2, kind: 'jump', target: 0x1008 },
      { address: 0x100a, length: 2, kind: 'jump' },
      { address: 0x100c, length: 1, kind: 'return' },
      { address: 0x100d, length: 2, kind: 'return' },
      { address: 0x100f, length: 1, kind: 'invalid' },
    ]);
  });

  test('an entry is probed behind endbr64, unless the function jumps back to there', () => {
    expect(entryOffset('x64', bytes(`${ENDBR} 55 c3`))).toBe(4);
    expect(entryOffset('x64', bytes('55 4889e5 c3'))).toBe(0);
    expect(entryOffset('x64', bytes(ENDBR))).toBe(0);
    // dec %edi; jne back to it
    expect(entryOffset('x64', bytes(`${ENDBR} ffcf 75fc c3`))).toBe(0);
    expect(entryOffset('x64', bytes(`${ENDBR} ffcf 0f85f8ffffff c3`))).toBe(0);
    expect(entryOffset('x64', bytes(`${ENDBR} ffcf e9f9ffffff`))).toBe(0);
    expect(entryOffset('x64', bytes(`${ENDBR} ffcf 75f8 c3`))).toBe(4);
  });

  test.each([
    ['f0 ff07', 'its instruction has a lock prefix'],
    ['66 f0 ff07', 'its instruction has a lock prefix'],
    ['c5f877', 'its instruction has a VEX prefix'],
    ['62f17c48', 'its instruction has an EVEX prefix'],
    ['cc', 'its instruction is a breakpoint'],
    ['64 488b0425', undefined],
    ['55', undefined],
    ['f3c3', undefined],
  ])('%s: %s', (code, refusal) => {
    expect(probeRefusal('x64', bytes(code))).toBe(refusal);
  });
});

describe('arm64', () => {
  const words = (...list: number[]) => {
    const code = Buffer.alloc(list.length * 4);
    for (const [i, word] of list.entries()) code.writeUInt32LE(word, i * 4);
    return code;
  };

  test('instructions with what they do to the flow of control', () => {
    const code = words(
      0xa9bf7bfd, // stp x29, x30, [sp, #-16]!
      0x94000002, // bl +8
      0x54000060, // b.eq +12
      0xb4ffffe0, // cbz x0, -4
      0x17fffffc, // b -16
      0xd61f0220, // br x17
      0xd65f03c0, // ret
      0xd65f0bff, // retaa
    );
    expect(decodeInstructions('arm64', code, 0x1000).map(({ kind, target }) => [kind, target])).toEqual([
      ['other', undefined],
      ['call', 0x100c],
      ['branch', 0x1014],
      ['branch', 0x1008],
      ['jump', 0x1000],
      ['jump', undefined],
      ['return', undefined],
      ['return', undefined],
    ]);
  });

  test('an exclusive access is left alone', () => {
    expect(probeRefusal('arm64', words(0xc85f7c01))).toBe('its instruction is half of an exclusive access');
    expect(probeRefusal('arm64', words(0xd4200000))).toBe('its instruction is a breakpoint');
    expect(probeRefusal('arm64', words(0xa9bf7bfd))).toBeUndefined();
    expect(entryOffset('arm64', words(0xd503245f))).toBe(0);
  });
});
