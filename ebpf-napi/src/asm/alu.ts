import type { Instruction, Reg } from './instruction.js';
import { ALU, type AluOp, Class, END, NEG, SOURCE_REG } from './opcodes.js';
import { bits32, int32 } from './range.js';

/**
 * One arithmetic operator. `imm` is sign-extended to 64 bits, so it must fit a signed 32-bit integer
 * (use `loadImm64` beyond); `imm32` and `reg32` work on the low half and clear the high half.
 */
export interface AluOperator {
  imm(dst: Reg, value: number): Instruction;
  reg(dst: Reg, src: Reg): Instruction;
  imm32(dst: Reg, value: number): Instruction;
  reg32(dst: Reg, src: Reg): Instruction;
}

function operator({ code, offset }: AluOp): AluOperator {
  const insn = (opcode: number, dst: Reg, src: number, imm: number): Instruction => ({
    opcode: opcode | code,
    dst,
    src,
    offset,
    imm,
  });
  return {
    imm: (dst, value) => insn(Class.alu64, dst, 0, int32(value, 'immediate')),
    reg: (dst, src) => insn(Class.alu64 | SOURCE_REG, dst, src, 0),
    imm32: (dst, value) => insn(Class.alu, dst, 0, bits32(value, 'immediate')),
    reg32: (dst, src) => insn(Class.alu | SOURCE_REG, dst, src, 0),
  };
}

export const Mov = operator(ALU.mov);
export const Add = operator(ALU.add);
export const Sub = operator(ALU.sub);
export const Mul = operator(ALU.mul);
/** Unsigned; a zero divisor in a register gives 0. */
export const Div = operator(ALU.div);
/** Unsigned; a zero divisor in a register leaves `dst` as it was. */
export const Mod = operator(ALU.mod);
export const Or = operator(ALU.or);
export const And = operator(ALU.and);
export const Xor = operator(ALU.xor);
export const Lsh = operator(ALU.lsh);
/** Shifts in zeroes. */
export const Rsh = operator(ALU.rsh);
/** Shifts in the sign. */
export const Arsh = operator(ALU.arsh);
/** Signed division (cpu v4, Linux 6.6). */
export const SDiv = operator(ALU.sdiv);
/** Signed remainder (cpu v4, Linux 6.6). */
export const SMod = operator(ALU.smod);

/** `dst = -dst`, 64 bits. */
export function Neg(dst: Reg): Instruction {
  return { opcode: Class.alu64 | NEG, dst, src: 0, offset: 0, imm: 0 };
}

/** `dst = -dst` on the low half; clears the high half. */
export function Neg32(dst: Reg): Instruction {
  return { opcode: Class.alu | NEG, dst, src: 0, offset: 0, imm: 0 };
}

/** Width of a byte swap in bits; the result is zero-extended. */
export type SwapBits = 16 | 32 | 64;

const swap = (opcode: number, dst: Reg, bits: SwapBits): Instruction => ({
  opcode,
  dst,
  src: 0,
  offset: 0,
  imm: bits,
});

/** Converts the low `bits` between host order and big endian. */
export const toBe = (dst: Reg, bits: SwapBits): Instruction => swap(Class.alu | END | SOURCE_REG, dst, bits);

/** Converts the low `bits` between host order and little endian; on a little-endian host it only truncates. */
export const toLe = (dst: Reg, bits: SwapBits): Instruction => swap(Class.alu | END, dst, bits);

/** Swaps the low `bits` whatever the host's order is (cpu v4, Linux 6.6). */
export const bswap = (dst: Reg, bits: SwapBits): Instruction => swap(Class.alu64 | END, dst, bits);

/** `dst` = the low `bits` of `src`, sign-extended to 64 bits (cpu v4, Linux 6.6). */
export function movsx(dst: Reg, src: Reg, bits: 8 | 16 | 32): Instruction {
  return { opcode: Class.alu64 | SOURCE_REG | ALU.mov.code, dst, src, offset: bits, imm: 0 };
}

/** `dst` = the low `bits` of `src`, sign-extended to 32 bits; clears the high half (cpu v4, Linux 6.6). */
export function movsx32(dst: Reg, src: Reg, bits: 8 | 16): Instruction {
  return { opcode: Class.alu | SOURCE_REG | ALU.mov.code, dst, src, offset: bits, imm: 0 };
}
