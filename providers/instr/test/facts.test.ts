import { NO_REGISTER, operationX64 } from '@dtrace/core/provider';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FACTS, factsOf, LAYOUT, STATE, Use } from '../src/facts.js';

const WORD = 64;
const RIP = 16;

const bytes = (...list: number[]) => Buffer.from(list);
const fact = (facts: readonly bigint[], name: (typeof FACTS)[number]): bigint => facts[FACTS.indexOf(name)]!;
const field = (facts: readonly bigint[], name: keyof typeof LAYOUT): number => {
  const [start, bits] = LAYOUT[name];
  return Number((fact(facts, 'layout') >> BigInt(start)) & ((1n << BigInt(bits)) - 1n));
};

/** The state that a comparison of two numbers leaves, by arithmetic. */
function compared(a: bigint, b: bigint): number {
  const difference = BigInt.asUintN(WORD, a - b);
  const signed = BigInt.asIntN(WORD, a) - BigInt.asIntN(WORD, b);
  let ones = 0;
  for (let bit = 0n; bit < 8n; bit++) ones += Number((difference >> bit) & 1n);
  return (
    (BigInt.asUintN(WORD, a) < BigInt.asUintN(WORD, b) ? STATE.carry : 0) |
    (ones % 2 === 0 ? STATE.parity : 0) |
    (difference === 0n ? STATE.zero : 0) |
    (BigInt.asIntN(WORD, difference) < 0n ? STATE.sign : 0) |
    (signed === BigInt.asIntN(WORD, signed) ? 0 : STATE.overflow)
  );
}

const u = (value: bigint) => BigInt.asUintN(WORD, value);
const s = (value: bigint) => BigInt.asIntN(WORD, value);

/** What each condition means after a comparison, in the order of the processor's numbers. */
const MEANINGS: readonly (readonly [name: string, holds: (a: bigint, b: bigint) => boolean])[] = [
  ['jo', (a, b) => s(a) - s(b) !== s(s(a) - s(b))],
  ['jno', (a, b) => s(a) - s(b) === s(s(a) - s(b))],
  ['jb', (a, b) => u(a) < u(b)],
  ['jae', (a, b) => u(a) >= u(b)],
  ['je', (a, b) => u(a) === u(b)],
  ['jne', (a, b) => u(a) !== u(b)],
  ['jbe', (a, b) => u(a) <= u(b)],
  ['ja', (a, b) => u(a) > u(b)],
  ['js', (a, b) => s(a - b) < 0n],
  ['jns', (a, b) => s(a - b) >= 0n],
  ['jp', (a, b) => (compared(a, b) & STATE.parity) !== 0],
  ['jnp', (a, b) => (compared(a, b) & STATE.parity) === 0],
  ['jl', (a, b) => s(a) < s(b)],
  ['jge', (a, b) => s(a) >= s(b)],
  ['jle', (a, b) => s(a) <= s(b)],
  ['jg', (a, b) => s(a) > s(b)],
];

const takenIn = (facts: readonly bigint[], state: number): boolean =>
  ((BigInt.asUintN(WORD, fact(facts, 'taken')) >> BigInt(state)) & 1n) === 1n;

/** Numbers, of which many are equal, next to each other or at the ends of their range. */
const number = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n),
);

describe('whether a branch is taken', () => {
  test.each(MEANINGS.map(([name, holds], number) => ({ name, holds, number })))(
    '$name',
    ({ holds, number: condition }) => {
      const facts = factsOf(operationX64(bytes(0x70 | condition, 0), 0), { register: RIP });
      fc.assert(
        fc.property(number, number, fc.boolean(), (a, b, counter) => {
          expect(takenIn(facts, compared(a, b) | (counter ? STATE.counter : 0))).toBe(holds(a, b));
        }),
      );
    },
  );

  test.each([
    ['jrcxz', 0xe3, (zero: boolean) => zero, 0],
    ['loop', 0xe2, (zero: boolean) => !zero, 1],
    ['loope', 0xe1, (zero: boolean, equal: boolean) => !zero && equal, 1],
    ['loopne', 0xe0, (zero: boolean, equal: boolean) => !zero && !equal, 1],
  ] as const)('%s', (_name, opcode, holds, countsDown) => {
    const facts = factsOf(operationX64(bytes(opcode, 0), 0), { register: RIP });
    for (let state = 0; state < 64; state++)
      expect(takenIn(facts, state)).toBe(holds((state & STATE.counter) !== 0, (state & STATE.zero) !== 0));
    expect(field(facts, 'countsDown')).toBe(countsDown);
  });

  test('always by jumps, calls and returns, never by others', () => {
    for (const code of [bytes(0xeb, 0), bytes(0xe8, 0, 0, 0, 0), bytes(0xff, 0xd0), bytes(0xc3)])
      expect(fact(factsOf(operationX64(code, 0), { register: RIP }), 'taken')).toBe(2n ** 64n - 1n);
    for (const code of [bytes(0x55), bytes(0x0f, 0x05), bytes(0x90)])
      expect(fact(factsOf(operationX64(code, 0), { register: RIP }), 'taken')).toBe(0n);
  });
});

describe('the address', () => {
  test('of what is beside the code: by the register that tells where it is, or as a number', () => {
    const jump = operationX64(bytes(0xeb, 0x10), 0);
    const moving = factsOf(jump, { register: RIP });
    expect([fact(moving, 'base'), fact(moving, 'displacement'), fact(moving, 'address')]).toEqual([
      16n,
      18n,
      0n,
    ]);
    const fixed = factsOf(jump, { address: 0xffffffff81000000n });
    expect([fact(fixed, 'base'), fact(fixed, 'displacement'), fact(fixed, 'address')]).toEqual([
      BigInt(NO_REGISTER),
      0xffffffff81000012n,
      0xffffffff81000000n,
    ]);
    expect(field(fixed, 'use')).toBe(Use.target);
  });

  test('of memory that a branch leads by', () => {
    const facts = factsOf(operationX64(bytes(0xff, 0x14, 0xc7), 0), { register: RIP });
    expect(
      ['use', 'shift', 'size', 'length'].map((name) => field(facts, name as keyof typeof LAYOUT)),
    ).toEqual([Use.pointer, 3, 8, 3]);
  });

  test('nothing is known of an instruction without one', () => {
    const facts = factsOf(operationX64(bytes(0x48, 0x01, 0xc3), 0), { register: RIP });
    expect([fact(facts, 'base'), fact(facts, 'index'), fact(facts, 'displacement')]).toEqual([
      BigInt(NO_REGISTER),
      BigInt(NO_REGISTER),
      0n,
    ]);
  });
});
