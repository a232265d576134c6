import type { Instruction } from './instruction.js';
import { isShortJump, JA, LD_IMM64 } from './opcodes.js';

/** Where each instruction goes, in slots. */
export interface Layout {
  readonly slots: readonly number[];
  /** Slots each instruction takes. */
  readonly sizes: Uint8Array;
  /** Indices of the jumps whose distance does not fit 16 bits. */
  readonly long: ReadonlySet<number>;
  readonly total: number;
}

export function isTwoSlot(opcode: number): boolean {
  return opcode === LD_IMM64;
}

/** Slots of a long jump: `ja` becomes `gotol`, a condition needs two jumps beside itself. */
const longSize = (opcode: number): number => (opcode === JA ? 1 : 3);

/**
 * Places instructions one after the other. A jump that does not reach is made long, which may push others out
 * of reach, so this repeats until nothing changes; jumps only ever grow, so it ends.
 */
export function layOut(insns: readonly Instruction[], targets: Int32Array): Layout {
  const sizes = Uint8Array.from(insns, ({ opcode }) => (isTwoSlot(opcode) ? 2 : 1));
  const slots = new Array<number>(insns.length).fill(0);
  const long = new Set<number>();
  for (;;) {
    let total = 0;
    for (let i = 0; i < insns.length; i++) {
      slots[i] = total;
      total += sizes[i]!;
    }
    const before = long.size;
    insns.forEach(({ opcode }, i) => {
      const target = targets[i]!;
      if (target < 0 || long.has(i) || !isShortJump(opcode)) return;
      const distance = slots[target]! - (slots[i]! + 1);
      if (distance >= -0x8000 && distance <= 0x7fff) return;
      long.add(i);
      sizes[i] = longSize(opcode);
    });
    if (long.size === before) return { slots, sizes, long, total };
  }
}
