import { describe, expect, test } from 'vitest';
import { classifyX64, operationX64, textX64 } from '../../src/host/instructions/index.js';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

const [RBP, RBX, RAX, RCX, RSI, RDI, RSP] = [4, 5, 10, 11, 13, 14, 19];
const plain = { shift: 0, relative: false, displacement: 0n, narrow: false };

describe('classes', () => {
  test.each([
    ['74 02', 'jcc', 'je'],
    ['e3 02', 'jcc', 'jrcxz'],
    ['e2 fe', 'jcc', 'loop'],
    ['eb fe', 'jmp', 'jmp'],
    ['ff 24 c5 00000000', 'jmp', 'jmp'],
    ['e8 00000000', 'call', 'call'],
    ['ff d0', 'call', 'call'],
    ['f3 c3', 'ret', 'ret'],
    ['48 cf', 'ret', 'iretq'],
    ['0f 05', 'syscall', 'syscall'],
    ['cd 80', 'syscall', 'int'],
    ['0f 0b', 'trap', 'ud2'],
    ['cc', 'trap', 'int3'],
    ['f0 48 0f b1 0f', 'lock', 'cmpxchg'],
    ['48 87 07', 'lock', 'xchg'],
    ['48 87 c3', 'mov', 'xchg'],
    ['f3 48 ab', 'string', 'stosq'],
    ['a4', 'string', 'movsb'],
    ['55', 'push', 'push'],
    ['9c', 'push', 'pushfq'],
    ['c9', 'pop', 'leave'],
    ['48 8d 47 08', 'lea', 'lea'],
    ['48 8b 07', 'load', 'mov'],
    ['48 0f 44 07', 'load', 'cmove'],
    ['d7', 'load', 'xlatb'],
    ['48 89 07', 'store', 'mov'],
    ['0f 94 07', 'store', 'sete'],
    ['48 89 c7', 'mov', 'mov'],
    ['0f 94 c0', 'mov', 'sete'],
    ['48 98', 'mov', 'cdqe'],
    ['48 3b 07', 'cmp', 'cmp'],
    ['48 85 c0', 'cmp', 'test'],
    ['48 01 07', 'alu', 'add'],
    ['c4 e2 f0 f2 c3', 'alu', 'andn'],
    ['f3 0f 1e fa', 'nop', 'endbr64'],
    ['66 90', 'nop', 'nop'],
    ['f3 90', 'nop', 'pause'],
    ['dd 07', 'fp', 'fld'],
    ['d9 c9', 'fp', 'fxch'],
    ['f3 0f 10 07', 'simd', 'movss'],
    ['f2 48 0f 2c 07', 'simd', 'cvttsd2si'],
    ['c5 f8 77', 'simd', 'vzeroupper'],
    ['62 f1 7c 48 28 07', 'simd', 'vmovaps'],
    ['0f a2', 'other', 'cpuid'],
    ['0f 31', 'other', 'rdtsc'],
  ])('%s: %s', (hex, kind, mnemonic) => {
    const code = bytes(hex);
    expect(classifyX64(code, 0x10)).toEqual([{ address: 0x10, length: code.length, class: kind, mnemonic }]);
  });

  test('bytes that are no instruction have none', () => {
    expect(classifyX64(bytes('06'), 0).map((each) => each.class)).toEqual([undefined]);
  });
});

describe('memory', () => {
  test.each([
    [
      '48 8b 44 9f f8',
      'registers and a displacement',
      { ...plain, base: RDI, index: RBX, shift: 2, displacement: -8n },
      8,
    ],
    ['8a 05 10000000', 'relative to the instruction', { ...plain, relative: true, displacement: 0x16n }, 1],
    ['48 8b 04 25 28000000', 'a number', { ...plain, displacement: 0x28n }, 8],
    ['64 48 8b 04 25 28000000', 'of a segment', { ...plain, displacement: 0x28n, segment: 'fs' }, 8],
    [
      '67 8b 44 9f 04',
      'in 32 bits',
      { ...plain, base: RDI, index: RBX, shift: 2, displacement: 4n, narrow: true },
      4,
    ],
    ['f3 a4', 'what a string instruction writes', { ...plain, base: RDI }, 1],
    ['ac', 'what a string instruction reads', { ...plain, base: RSI }, 1],
    ['55', 'where it is pushed', { ...plain, base: RSP, displacement: -8n }, 8],
    ['5d', 'where it is popped from', { ...plain, base: RSP }, 8],
    ['c9', 'where leave pops from', { ...plain, base: RBP }, 8],
    ['48 8d 47 08', 'what lea makes', { ...plain, base: RDI, displacement: 8n }, 0],
  ])('%s: %s', (hex, _what, memory, size) => {
    expect(operationX64(bytes(hex), 0x400000)).toEqual({ length: bytes(hex).length, memory, size });
  });

  test('none of a nop with an operand, of vectors of addresses, of registers', () => {
    for (const hex of ['0f 1f 44 00 00', 'c4 e2 e9 92 04 8f', '48 01 c3'])
      expect(operationX64(bytes(hex), 0).memory).toBeUndefined();
  });
});

describe('branches', () => {
  const relative = (displacement: bigint) => ({ ...plain, relative: true, displacement });

  test.each([
    ['74 02', { flags: 4, narrowCounter: false }, relative(4n)],
    ['0f 8f fafeffff', { flags: 15, narrowCounter: false }, relative(-256n)],
    ['e3 10', { counter: 'zero', narrowCounter: false }, relative(18n)],
    ['67 e3 10', { counter: 'zero', narrowCounter: true }, relative(19n)],
    ['e2 fe', { counter: 'count', narrowCounter: false }, relative(0n)],
    ['e0 fe', { flags: 5, counter: 'count', narrowCounter: false }, relative(0n)],
    ['e9 00000080', 'always', relative(-0x7ffffffbn)],
    ['e8 00000000', 'always', relative(5n)],
    ['ff d0', 'always', { ...plain, base: RAX }],
    ['ff e1', 'always', { ...plain, base: RCX }],
  ])('%s', (hex, branch, target) => {
    // In the kernel, addresses reach beyond the numbers of JavaScript: code is decoded as if it began at 0.
    for (const at of [0, 0x1000])
      expect(operationX64(bytes(hex), at)).toEqual({ length: bytes(hex).length, size: 0, branch, target });
  });

  test('to what memory holds', () => {
    expect(operationX64(bytes('ff 14 c7'), 0)).toEqual({
      length: 3,
      memory: { ...plain, base: RDI, index: RAX, shift: 3 },
      size: 8,
      branch: 'always',
      target: 'memory',
    });
    expect(operationX64(bytes('c3'), 0)).toMatchObject({
      memory: { ...plain, base: RSP },
      size: 8,
      branch: 'always',
      target: 'memory',
    });
  });

  test('system calls lead nowhere that could be told', () => {
    expect(operationX64(bytes('0f 05'), 0)).toEqual({ length: 2, size: 0 });
  });
});

test('as text', () => {
  expect(textX64(bytes('48 8b 44 9f f8'), 0)).toBe('mov -8(%rdi,%rbx,4),%rax');
});
