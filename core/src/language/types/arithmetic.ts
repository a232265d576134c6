/** Integer arithmetic by type: promotion, common types, and the values constants take. */
import type { IntegerType, Type } from '../types.js';
import { INT, LONG, LONG_LONG, UNSIGNED_INT, UNSIGNED_LONG, UNSIGNED_LONG_LONG } from './basic.js';
import { asInteger, resolve } from './queries.js';

/** Enumerators and truth values count as integers. D knows no promotion to int: a char and a char make a char. */
export function promote(type: Type): Type {
  const bare = asInteger(type);
  if (!bare || bare.kind === 'enum')
    return bare && bare.size === 8 ? (bare.signed ? LONG : UNSIGNED_LONG) : INT;
  return bare.bool ? INT : type;
}

/** The type two integers meet in: the wider, and of two equally wide the unsigned one. */
export function usualConversion(left: Type, right: Type): Type {
  const a = promote(left);
  const b = promote(right);
  return rank(b) > rank(a) ? b : a;
}

function rank(type: Type): number {
  const bare = asInteger(type);
  return bare ? bare.size * 2 + (bare.signed ? 0 : 1) : 0;
}

/** A mathematical integer as a value of the type: truncated, then sign- or zero-extended. */
export function wrap(type: Type, value: bigint): bigint {
  const bare = resolve(type);
  const integer = asInteger(type);
  if (bare.kind === 'integer' && bare.bool) return value === 0n ? 0n : 1n;
  if (!integer) return BigInt.asUintN(64, value);
  const bits = integer.size * 8;
  return integer.signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

export function fits(type: Type, value: bigint): boolean {
  return wrap(type, value) === value;
}

/** In the order C tries them. */
const literalTypes: readonly IntegerType[] = [
  INT,
  UNSIGNED_INT,
  LONG,
  UNSIGNED_LONG,
  LONG_LONG,
  UNSIGNED_LONG_LONG,
];

/** The type of an integer literal, or undefined when none can hold it. */
export function literalType(value: bigint, suffix: string, decimal: boolean): IntegerType | undefined {
  const unsigned = suffix.includes('u');
  const longs = suffix.split('l').length - 1;
  const step = decimal || unsigned ? 2 : 1;
  for (let i = longs * 2 + (unsigned ? 1 : 0); i < literalTypes.length; i += step) {
    const type = literalTypes[i];
    if (type && fits(type, value)) return type;
  }
  return undefined;
}
