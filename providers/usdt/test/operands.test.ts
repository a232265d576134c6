import { describe, expect, test } from 'vitest';
import { noteArguments } from '../src/operands.js';

const values = (operands: string, arch: 'x64' | 'arm64' = 'x64') =>
  noteArguments(operands, arch).args.map(({ type, value }) => [type, value]);

describe('operands on x86-64', () => {
  test.each([
    ['8@%rdi', 'uint64_t', '(uint64_t)(args[15])'],
    ['-4@%eax', 'int32_t', '(int32_t)(args[11])'],
    ['2@%r8w', 'uint16_t', '(uint16_t)(args[10])'],
    ['1@%sil', 'uint8_t', '(uint8_t)(args[14])'],
    ['1@%ah', 'uint8_t', '(uint8_t)((args[11] >> 8))'],
    ['8@%r15', 'uint64_t', '(uint64_t)(args[1])'],
    ['-8@$-17', 'int64_t', '(int64_t)(args[22])'],
    ['4@$0x10', 'uint32_t', '(uint32_t)(args[22])'],
    ['-4@112(%rsp)', 'int32_t', '*(userland int32_t *)(112 + args[20])'],
    ['8@-8(%rbp,%rcx,4)', 'uint64_t', '*(userland uint64_t *)(-8 + args[5] + args[12] * 4)'],
    ['8@(%rbx)', 'uint64_t', '*(userland uint64_t *)(0 + args[6])'],
    ['8@24(,%rdx,8)', 'uint64_t', '*(userland uint64_t *)(24 + args[13] * 8)'],
    ['%rsi', 'uint64_t', '(uint64_t)(args[14])'],
    // Out of reach: a variable of the file, a floating-point number.
    ['8@count(%rip)', 'uint64_t', '0'],
    ['8@%xmm0', 'uint64_t', '0'],
  ])('%s', (operand, type, value) => {
    expect(values(operand)).toEqual([[type, value]]);
  });

  test('that are of one place only are its facts', () => {
    const found = noteArguments(
      '-4@$-3 8@%rax 8@table+8(%rip) 1@count(%rip) 8@gone(%rip)',
      'x64',
      (name) => ({ table: 4096, count: -16 })[name],
    );
    expect(found.facts).toEqual([-3n, 4104n, -16n]);
    expect(found.args.map(({ value }) => value)).toEqual([
      '(int32_t)(args[22])',
      '(uint64_t)(args[11])',
      '*(userland uint64_t *)(args[17] + args[23])',
      '*(userland uint8_t *)(args[17] + args[24])',
      '0',
    ]);
    expect(found.args[4]?.missing).toBeDefined();
  });

  test('keep their places', () => {
    expect(values('8@%rbx 8@%xmm1 -4@%ebp').map(([, value]) => value)).toEqual([
      '(uint64_t)(args[6])',
      '0',
      '(int32_t)(args[5])',
    ]);
    expect(values('')).toEqual([]);
  });
});

describe('operands on arm64', () => {
  test.each([
    ['8@x0', 'uint64_t', '(uint64_t)(args[1])'],
    ['-4@w30', 'int32_t', '(int32_t)(args[31])'],
    ['8@sp', 'uint64_t', '(uint64_t)(args[32])'],
    ['-4@-3', 'int32_t', '(int32_t)(args[35])'],
    ['4@[sp, 12]', 'uint32_t', '*(userland uint32_t *)(args[32] + 12)'],
    ['8@[x1]', 'uint64_t', '*(userland uint64_t *)(args[2] + 0)'],
    ['8@[x2, x3, lsl 3]', 'uint64_t', '*(userland uint64_t *)(args[3] + (args[4] << 3))'],
    ['8@xzr', 'uint64_t', '(uint64_t)(0)'],
    ['8@d0', 'uint64_t', '0'],
  ])('%s', (operand, type, value) => {
    expect(values(operand, 'arm64')).toEqual([[type, value]]);
  });
});
