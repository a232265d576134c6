/**
 * Deciding without branching. Old kernels follow every turn of a loop, and each branch that comes together again
 * within one would double their work: loop bodies branch only to leave the loop, and what they decide on the way
 * they compute.
 */
import type { Code } from './code.js';
import { type Imm, imm, type V } from './ir/ir.js';

/** 1 where the value (not negative) is 0, else 0. */
export function isZero(code: Code, value: V): V {
  return code.b.alu('rsh', code.b.alu('sub', value, imm(1)), imm(63));
}

/** 1 where both are the same small number. */
export function isEqual(code: Code, value: V, other: V | Imm): V {
  return isZero(code, code.b.alu('xor', value, other));
}

/** 1 where `low` <= value <= `high`, for small numbers. */
export function isBetween(code: Code, value: V, low: number, high: number): V {
  const { b } = code;
  const [above, below] = [b.alu('sub', value, imm(low)), b.alu('sub', b.constant(high), value)];
  return not(code, b.alu('rsh', b.alu('or', above, below), imm(63)));
}

export function not(code: Code, flag: V): V {
  return code.b.alu('xor', flag, imm(1));
}

/** `flag` is 1: the first value, 0: the second. */
export function choose(code: Code, flag: V, yes: V, no: V): V {
  const { b } = code;
  return b.alu('add', no, b.alu('mul', b.alu('sub', yes, no), flag));
}

/**
 * An index that can only be from 0 to `most`, made so for the verifier: by a mask where `most` is one, else by leaving
 * to `out`. Old kernels remember each way out of each turn and can remember only so many.
 */
export function within(code: Code, value: V, most: number, out: string): V {
  if (isMask(most)) return code.b.alu('and', value, imm(most));
  code.b.branch('>', value, imm(most), out);
  return value;
}

const isMask = (value: number): boolean => ((value + 1) & value) === 0;

/** The smallest mask that lets all indexes up to `most` through: buffers are made to hold as many bytes and one. */
export function maskFor(most: number): number {
  let mask = 1;
  while (mask < most) mask = 2 * mask + 1;
  return mask;
}
