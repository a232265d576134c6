import type { Width } from './instruction.js';

/**
 * The encoding of the BPF instruction set as data. The builder, the assembler and the disassembler all read
 * these tables, so an encoding is written down once. Numbers are the ones of `linux/bpf.h`.
 */

/** Low three bits of every opcode. */
export const Class = {
  ld: 0x00,
  ldx: 0x01,
  st: 0x02,
  stx: 0x03,
  alu: 0x04,
  jmp: 0x05,
  jmp32: 0x06,
  alu64: 0x07,
} as const;

/** Bit 3 of arithmetic and jump opcodes: the second operand is a register rather than `imm`. */
export const SOURCE_REG = 0x08;

/** Addressing mode, the high three bits of loads and stores. */
export const Mode = { imm: 0x00, abs: 0x20, ind: 0x40, mem: 0x60, memsx: 0x80, atomic: 0xc0 } as const;

/** Size bits of loads and stores by width in bytes. */
export const SIZE_BITS: Readonly<Record<Width, number>> = { 4: 0x00, 2: 0x08, 1: 0x10, 8: 0x18 };

/** Width in bytes by size bits shifted right by three. */
export const WIDTH_OF_SIZE: readonly Width[] = [4, 2, 1, 8];

/** The one opcode that takes two slots. */
export const LD_IMM64 = 0x18;
export const CALL = 0x85;
export const EXIT = 0x95;
export const JA = 0x05;
/** `gotol`: unconditional jump with a 32-bit distance in `imm` (cpu v4). */
export const JA_LONG = 0x06;
/** `may_goto`: jump taken once the kernel's loop budget is used up (6.9). */
export const MAY_GOTO = 0xe5;

/** Meaning of `src` in the two-slot load. */
export const PseudoLoad = {
  none: 0,
  mapFd: 1,
  mapValue: 2,
  btfId: 3,
  func: 4,
  mapIdx: 5,
  mapIdxValue: 6,
} as const;
/** Meaning of `src` in a call. */
export const PseudoCall = { helper: 0, sub: 1, kfunc: 2 } as const;

/** Arithmetic operations: code in the high four bits, `offset` that picks the signed form, and how it is printed. */
export interface AluOp {
  readonly code: number;
  readonly offset: 0 | 1;
  readonly symbol: string;
}

export const ALU = {
  add: { code: 0x00, offset: 0, symbol: '+=' },
  sub: { code: 0x10, offset: 0, symbol: '-=' },
  mul: { code: 0x20, offset: 0, symbol: '*=' },
  div: { code: 0x30, offset: 0, symbol: '/=' },
  or: { code: 0x40, offset: 0, symbol: '|=' },
  and: { code: 0x50, offset: 0, symbol: '&=' },
  lsh: { code: 0x60, offset: 0, symbol: '<<=' },
  rsh: { code: 0x70, offset: 0, symbol: '>>=' },
  mod: { code: 0x90, offset: 0, symbol: '%=' },
  xor: { code: 0xa0, offset: 0, symbol: '^=' },
  mov: { code: 0xb0, offset: 0, symbol: '=' },
  arsh: { code: 0xc0, offset: 0, symbol: 's>>=' },
  sdiv: { code: 0x30, offset: 1, symbol: 's/=' },
  smod: { code: 0x90, offset: 1, symbol: 's%=' },
} as const satisfies Record<string, AluOp>;

/** Arithmetic codes that are no two-operand operation. */
export const NEG = 0x80;
export const END = 0xd0;

/** Conditional jumps: code in the high four bits and how the condition is printed. */
export interface JumpOp {
  readonly code: number;
  readonly symbol: string;
}

export const JUMP = {
  eq: { code: 0x10, symbol: '==' },
  gt: { code: 0x20, symbol: '>' },
  ge: { code: 0x30, symbol: '>=' },
  set: { code: 0x40, symbol: '&' },
  ne: { code: 0x50, symbol: '!=' },
  sgt: { code: 0x60, symbol: 's>' },
  sge: { code: 0x70, symbol: 's>=' },
  lt: { code: 0xa0, symbol: '<' },
  le: { code: 0xb0, symbol: '<=' },
  slt: { code: 0xc0, symbol: 's<' },
  sle: { code: 0xd0, symbol: 's<=' },
} as const satisfies Record<string, JumpOp>;

/** In `imm` of an atomic: also return the old value in `src`. */
export const FETCH = 0x01;

/** Atomic operations by the value of `imm`, without `FETCH` where it is optional. */
export const ATOMIC = { add: 0x00, or: 0x40, and: 0x50, xor: 0xa0, xchg: 0xe1, cmpxchg: 0xf1 } as const;

/** True for jumps whose distance is in `offset`: conditional ones, `ja` and `may_goto`. */
export function isShortJump(opcode: number): boolean {
  const group = opcode & 0x07;
  if (group !== Class.jmp && group !== Class.jmp32) return false;
  return opcode !== CALL && opcode !== EXIT && opcode !== JA_LONG;
}
