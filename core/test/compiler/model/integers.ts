/** C's integers as D has them, over bigint: what compiled arithmetic is compared with. */

import { ClauseFault } from './machine.js';

export interface IntType {
  readonly name: string;
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
}

const type = (name: string, size: IntType['size'], signed: boolean): IntType => ({ name, size, signed });

export const INT = type('int', 4, true);
export const LONG = type('long', 8, true);
export const UNSIGNED_LONG = type('unsigned long', 8, false);

export const intTypes: readonly IntType[] = [
  type('int8_t', 1, true),
  type('uint8_t', 1, false),
  type('int16_t', 2, true),
  type('uint16_t', 2, false),
  type('int32_t', 4, true),
  type('uint32_t', 4, false),
  type('int64_t', 8, true),
  type('uint64_t', 8, false),
];

export function wrap({ size, signed }: IntType, value: bigint): bigint {
  return signed ? BigInt.asIntN(size * 8, value) : BigInt.asUintN(size * 8, value);
}

/** D has no promotion to int: a char and a char make a char. */
export const promote = (t: IntType): IntType => t;

const rank = (t: IntType): number => t.size * 2 + (t.signed ? 0 : 1);

export function common(a: IntType, b: IntType): IntType {
  const [x, y] = [promote(a), promote(b)];
  return rank(y) > rank(x) ? y : x;
}

export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '<<' | '>>' | '&' | '|' | '^';
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

const exact: Readonly<Record<Arithmetic, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => {
    if (b === 0n) throw new ClauseFault();
    return a / b;
  },
  '%': (a, b) => {
    if (b === 0n) throw new ClauseFault();
    return a % b;
  },
  '<<': (a, b) => a << (b & 63n),
  '>>': (a, b) => a >> (b & 63n),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
};

const register = (t: IntType): IntType => (t.signed ? LONG : UNSIGNED_LONG);

/** Computed in 64 bits: the result may be wider than its type. */
export function compute(operator: Arithmetic, t: IntType, a: bigint, b: bigint): bigint {
  return wrap(register(t), exact[operator](a, b));
}

/** The same value as another type: what only gets wider, or stays, is not cut. */
export function convert(from: IntType, to: IntType, value: bigint): bigint {
  const kept = from.signed === to.signed && to.size >= from.size;
  return wrap(kept ? register(to) : to, value);
}

/** Constants are computed in 64 bits, and take a wider type where the result needs it. */
export function computeConstant(
  operator: Arithmetic,
  t: IntType,
  a: bigint,
  b: bigint,
): { type: IntType; value: bigint } {
  const value = wrap(register(t), exact[operator](a, b));
  if (operator === '-' && !t.signed) return { type: t, value: wrap(t, a - b) };
  if (wrap(t, value) === value) return { type: t, value };
  return { type: register(t), value };
}

const holds: Readonly<Record<Comparison, (a: bigint, b: bigint) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

export const compare = (operator: Comparison, a: bigint, b: bigint): boolean => holds[operator](a, b);

/** The type a decimal literal has; beyond `long` it is written with a `u`. */
export function literalType(value: bigint): IntType {
  if (wrap(INT, value) === value) return INT;
  return wrap(LONG, value) === value ? LONG : UNSIGNED_LONG;
}
