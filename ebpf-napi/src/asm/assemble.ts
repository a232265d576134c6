import type { Instruction, Reference } from './instruction.js';
import { isTwoSlot, type Layout, layOut } from './layout.js';
import { CALL, JA, JA_LONG, PseudoLoad } from './opcodes.js';
import { type Endianness, SLOT_BYTES, SlotWriter } from './slots.js';

/** A program that cannot be encoded. `index` is the position of the offending instruction in the input. */
export class AssembleError extends Error {
  override readonly name = 'AssembleError';
  constructor(
    message: string,
    readonly index: number,
  ) {
    super(message);
  }
}

export interface AssembleOptions {
  /** Byte order of the machine that will run the program; little by default. */
  readonly endianness?: Endianness;
  /** Allow `gotol` (cpu v4, Linux 6.6) where a jump does not fit 16 bits; off by default, and then it is an error. */
  readonly longJumps?: boolean;
}

/** A reference that is left to the loader, at the slot that it patches. */
export interface SlotReference {
  readonly slot: number;
  /** Position of the instruction in the input. */
  readonly index: number;
  readonly reference: Exclude<Reference, { kind: 'label' }>;
}

/** A static subprogram: the target of a `callSub` or `loadFunc`. */
export interface Subprogram {
  readonly label: string;
  readonly slot: number;
}

/** Machine code and what a loader needs to know about it. A slot is 8 bytes of code. */
export interface Assembly {
  readonly code: Uint8Array;
  /** First slot of each input instruction. */
  readonly slots: readonly number[];
  /** Map, kfunc and func references in slot order. The distance of a func is already encoded. */
  readonly references: readonly SlotReference[];
  /** Per slot the `source` of its instruction, or -1. */
  readonly sources: Int32Array;
  /** In slot order, without the entry function at slot 0 unless it is itself a target. */
  readonly subprograms: readonly Subprogram[];
}

function collectLabels(insns: readonly Instruction[]): Map<string, number> {
  const labels = new Map<string, number>();
  insns.forEach((insn, index) => {
    if (insn.label === undefined) return;
    const first = labels.get(insn.label);
    if (first !== undefined) {
      throw new AssembleError(
        `label "${insn.label}" is defined at instructions ${first} and ${index}`,
        index,
      );
    }
    labels.set(insn.label, index);
  });
  return labels;
}

/** For each instruction the index that its label or func reference means, or -1. */
function resolveTargets(insns: readonly Instruction[], labels: Map<string, number>): Int32Array {
  const targets = new Int32Array(insns.length).fill(-1);
  insns.forEach(({ reference }, index) => {
    if (reference?.kind !== 'label' && reference?.kind !== 'func') return;
    const target = labels.get(reference.name);
    if (target === undefined) throw new AssembleError(`label "${reference.name}" is not defined`, index);
    targets[index] = target;
  });
  return targets;
}

function findSubprograms(
  insns: readonly Instruction[],
  targets: Int32Array,
  slots: readonly number[],
): Subprogram[] {
  const found = new Map<string, number>();
  insns.forEach(({ opcode, reference }, index) => {
    const isFunction = reference?.kind === 'func' || (reference?.kind === 'label' && opcode === CALL);
    if (isFunction) found.set(reference.name, slots[targets[index]!]!);
  });
  return [...found].map(([label, slot]) => ({ label, slot })).sort((a, b) => a.slot - b.slot);
}

function encode(insn: Instruction, index: number, layout: Layout, target: number, out: SlotWriter): void {
  const slot = layout.slots[index]!;
  const size = layout.sizes[index]!;
  const distance = target < 0 ? 0 : layout.slots[target]! - (slot + size);
  const { opcode, dst, src, offset, imm, reference } = insn;
  if (isTwoSlot(opcode)) {
    const wide = reference?.kind === 'map' ? BigInt(reference.valueOffset ?? 0) << 32n : BigInt(imm);
    // The kernel counts a callback's distance from the slot after the first half, as it does for calls.
    const value = src === PseudoLoad.func && target >= 0 ? BigInt.asUintN(32, BigInt(distance + 1)) : wide;
    out.putWide(slot, opcode, dst, src, offset, value);
  } else if (target < 0) {
    out.put(slot, opcode, dst, src, offset, Number(imm));
  } else if (opcode === CALL || opcode === JA_LONG) {
    out.put(slot, opcode, dst, src, offset, distance);
  } else if (!layout.long.has(index)) {
    out.put(slot, opcode, dst, src, distance, Number(imm));
  } else if (opcode === JA) {
    out.put(slot, JA_LONG, 0, 0, 0, distance);
  } else {
    // A condition has only 16 bits of distance, so it jumps to a long jump that the other path steps over.
    out.put(slot, opcode, dst, src, 1, Number(imm));
    out.put(slot + 1, JA, 0, 0, 1, 0);
    out.put(slot + 2, JA_LONG, 0, 0, 0, distance);
  }
}

/** Slots that a jump of 16 bits may lead over. */
export const FARTHEST_JUMP = 2 ** 15 - 1;

/** Whether some jump does not fit 16 bits: only with `longJumps` can the program be encoded. */
export function needsLongJumps(insns: readonly Instruction[]): boolean {
  const mostSlots = 2 * insns.length;
  if (mostSlots <= FARTHEST_JUMP) return false;
  return layOut(insns, resolveTargets(insns, collectLabels(insns))).long.size > 0;
}

/**
 * Encodes a program and resolves its labels. Throws `AssembleError` for an unknown or duplicate label and for a
 * jump out of range. Same input, same bytes.
 */
export function assemble(insns: readonly Instruction[], options: AssembleOptions = {}): Assembly {
  const targets = resolveTargets(insns, collectLabels(insns));
  const layout = layOut(insns, targets);
  if (options.longJumps !== true) {
    for (const index of layout.long) {
      const name = insns[index]?.reference?.name;
      throw new AssembleError(`jump to "${name}" does not fit 16 bits and long jumps are not allowed`, index);
    }
  }
  const code = new Uint8Array(layout.total * SLOT_BYTES);
  const out = new SlotWriter(code, options.endianness ?? 'little');
  const sources = new Int32Array(layout.total).fill(-1);
  const references: SlotReference[] = [];
  insns.forEach((insn, index) => {
    const slot = layout.slots[index]!;
    encode(insn, index, layout, targets[index]!, out);
    if (insn.source !== undefined) sources.fill(insn.source, slot, slot + layout.sizes[index]!);
    const { reference } = insn;
    if (reference !== undefined && reference.kind !== 'label') references.push({ slot, index, reference });
  });
  const subprograms = findSubprograms(insns, targets, layout.slots);
  return { code, slots: layout.slots, references, sources, subprograms };
}
