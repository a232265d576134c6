import type { Instruction, Reg } from './instruction.js';
import { Class, JA, JUMP, type JumpOp, MAY_GOTO, SOURCE_REG } from './opcodes.js';
import { bits32, int32 } from './range.js';

/**
 * One condition. `imm` compares 64 bits with a sign-extended 32-bit integer; the `32` forms compare the low
 * halves. The jump goes to `label`, otherwise control falls through.
 */
export interface JumpOperator {
  imm(reg: Reg, value: number, label: string): Instruction;
  reg(a: Reg, b: Reg, label: string): Instruction;
  imm32(reg: Reg, value: number, label: string): Instruction;
  reg32(a: Reg, b: Reg, label: string): Instruction;
}

function jump(opcode: number, dst: Reg, src: number, imm: number, label: string): Instruction {
  return { opcode, dst, src, offset: 0, imm, reference: { kind: 'label', name: label } };
}

function operator({ code }: JumpOp): JumpOperator {
  return {
    imm: (reg, value, label) => jump(Class.jmp | code, reg, 0, int32(value, 'immediate'), label),
    reg: (a, b, label) => jump(Class.jmp | SOURCE_REG | code, a, b, 0, label),
    imm32: (reg, value, label) => jump(Class.jmp32 | code, reg, 0, bits32(value, 'immediate'), label),
    reg32: (a, b, label) => jump(Class.jmp32 | SOURCE_REG | code, a, b, 0, label),
  };
}

export const JEq = operator(JUMP.eq);
export const JNe = operator(JUMP.ne);
export const JGt = operator(JUMP.gt);
export const JGe = operator(JUMP.ge);
export const JLt = operator(JUMP.lt);
export const JLe = operator(JUMP.le);
export const JSGt = operator(JUMP.sgt);
export const JSGe = operator(JUMP.sge);
export const JSLt = operator(JUMP.slt);
export const JSLe = operator(JUMP.sle);
/** Taken when any bit is set in both operands. */
export const JSet = operator(JUMP.set);

/** Unconditional jump. */
export function ja(label: string): Instruction {
  return jump(JA, 0, 0, 0, label);
}

/** Jumps to `label` once the kernel's iteration budget is spent, else falls through; bounds any loop (Linux 6.9). */
export function mayGoto(label: string): Instruction {
  return jump(MAY_GOTO, 0, 0, 0, label);
}

/** A jump to the next instruction; gives a label a place of its own. The kernel removes it when it loads. */
export function nop(): Instruction {
  return { opcode: JA, dst: 0, src: 0, offset: 0, imm: 0 };
}
