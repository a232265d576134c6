/** Machine code as far as choosing places for probes needs it. */
import type { Architecture } from '../host.js';
import { decodeArm64, refusalArm64 } from './arm64.js';
import type { Instruction } from './instruction.js';
import { decodeX64, entryOffsetX64, refusalX64 } from './x64.js';

export type { Instruction, InstructionKind } from './instruction.js';
export { type ClassifiedInstruction, classifyX64, type InstructionClass } from './x64-classes.js';
export {
  type AddressOperand,
  type BranchCondition,
  type Operation,
  operationX64,
  textX64,
} from './x64-operation.js';

/** The instructions that bytes of code at an address are, one after the other. */
export function decodeInstructions(arch: Architecture, code: Buffer, address: number): Instruction[] {
  return arch === 'x64' ? decodeX64(code, address) : decodeArm64(code, address);
}

/** Why the kernel would not probe the instruction that the bytes start with; undefined as far as can be told. */
export function probeRefusal(arch: Architecture, code: Buffer): string | undefined {
  return arch === 'x64' ? refusalX64(code) : refusalArm64(code);
}

/** Bytes from the start of a function, whose code is given, to the place where its entry is probed at least cost. */
export function entryOffset(arch: Architecture, code: Buffer): number {
  return arch === 'x64' ? entryOffsetX64(code) : 0;
}
