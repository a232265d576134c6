import type { Instruction, Reg } from './instruction.js';
import { ATOMIC, Class, FETCH, Mode, SIZE_BITS } from './opcodes.js';
import { int16 } from './range.js';

/** Atomics exist for these widths only. All but a plain `atomicAdd` need Linux 5.12. */
export type AtomicWidth = 4 | 8;

/** `*(width *)(dst + offset) op= src`; with `fetch` the old value is left in `src`. */
export type AtomicOperator = (
  width: AtomicWidth,
  dst: Reg,
  offset: number,
  src: Reg,
  fetch?: boolean,
) => Instruction;

function atomic(imm: number, width: AtomicWidth, dst: Reg, offset: number, src: Reg): Instruction {
  return {
    opcode: Class.stx | Mode.atomic | SIZE_BITS[width],
    dst,
    src,
    offset: int16(offset, 'offset'),
    imm,
  };
}

function operator(code: number): AtomicOperator {
  return (width, dst, offset, src, fetch = false) =>
    atomic(fetch ? code | FETCH : code, width, dst, offset, src);
}

export const atomicAdd = operator(ATOMIC.add);
export const atomicOr = operator(ATOMIC.or);
export const atomicAnd = operator(ATOMIC.and);
export const atomicXor = operator(ATOMIC.xor);

/** Swaps `src` with `*(width *)(dst + offset)`. */
export function xchg(width: AtomicWidth, dst: Reg, offset: number, src: Reg): Instruction {
  return atomic(ATOMIC.xchg, width, dst, offset, src);
}

/** Stores `src` if the memory equals r0; r0 gets the old value either way. */
export function cmpxchg(width: AtomicWidth, dst: Reg, offset: number, src: Reg): Instruction {
  return atomic(ATOMIC.cmpxchg, width, dst, offset, src);
}
