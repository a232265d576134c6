import { type HelperName, helperId } from './helpers.js';
import type { Instruction } from './instruction.js';
import { CALL, EXIT, PseudoCall } from './opcodes.js';

/** Calls a kernel helper by number or name: arguments in r1..r5, result in r0, r1..r5 lost. */
export function callHelper(helper: number | HelperName): Instruction {
  const imm = typeof helper === 'number' ? helper : helperId[helper];
  return { opcode: CALL, dst: 0, src: PseudoCall.helper, offset: 0, imm };
}

/** Calls the static subprogram that starts at `label`; it has a stack frame of its own. */
export function callSub(label: string): Instruction {
  return {
    opcode: CALL,
    dst: 0,
    src: PseudoCall.sub,
    offset: 0,
    imm: -1,
    reference: { kind: 'label', name: label },
  };
}

/** Calls a kernel function by name; the loader fills in its BTF id. */
export function callKfunc(name: string): Instruction {
  return {
    opcode: CALL,
    dst: 0,
    src: PseudoCall.kfunc,
    offset: 0,
    imm: 0,
    reference: { kind: 'kfunc', name },
  };
}

/** Returns r0 from the program or subprogram. */
export function exit(): Instruction {
  return { opcode: EXIT, dst: 0, src: 0, offset: 0, imm: 0 };
}
