import type { Instruction } from './instruction.js';

/**
 * The same instruction with a label. An instruction has one label; a second throws, because jumps to the first
 * would otherwise be lost (put a `nop()` in between where two are needed).
 */
export function label(name: string, insn: Instruction): Instruction {
  if (insn.label !== undefined && insn.label !== name) {
    throw new Error(`instruction is already labelled "${insn.label}", cannot also be "${name}"`);
  }
  return { ...insn, label: name };
}

/** The same instruction with a source index: an integer of the caller's, 0 or more, returned in `Assembly.sources`. */
export function withSource(insn: Instruction, source: number): Instruction {
  return { ...insn, source };
}
