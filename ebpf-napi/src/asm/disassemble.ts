import type { SlotReference } from './assemble.js';
import { formatInstruction } from './format.js';
import type { Instruction } from './instruction.js';
import { decode, type Endianness } from './slots.js';

export interface DisassembleOptions {
  readonly endianness?: Endianness;
  /** Names for maps, kfuncs and callbacks: `references` of the `Assembly`. */
  readonly references?: readonly SlotReference[];
  /** Start each line with the slot, as the verifier does (`  12: `). Off by default. */
  readonly numbers?: boolean;
}

/**
 * One line per instruction, in order; the second half of a two-slot load has no line of its own.
 * Throws `RangeError` when the code is cut short.
 */
export function disassemble(code: Uint8Array, options: DisassembleOptions = {}): string[] {
  const references = new Map(options.references?.map(({ slot, reference }) => [slot, reference]));
  return decode(code, options.endianness).map(({ slot, insn }) => {
    const reference = references.get(slot);
    const named: Instruction = reference === undefined ? insn : { ...insn, reference };
    const text = formatInstruction(named);
    return options.numbers === true ? `${String(slot).padStart(4)}: ${text}` : text;
  });
}
