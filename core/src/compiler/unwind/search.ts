import type { Code } from '../code.js';
import { imm, type V, type Width } from '../ir/ir.js';

/** Rows that lie one behind the other in a map's value, a power of two of them. */
export interface SearchedRows {
  readonly base: V;
  readonly most: number;
  readonly size: number;
  /** The key at the start of each row. */
  readonly width: Width;
}

/** Address of a row. */
export function rowAt(code: Code, { base, most, size }: SearchedRows, index: V): V {
  const { b } = code;
  return b.alu('add', base, b.alu('mul', b.alu('and', index, imm(most - 1)), imm(size)));
}

/** Runs of so many rows (as a power of two) skip the steps that only longer ones need. */
const SHORTCUTS: readonly number[] = [4, 7, 10];

/**
 * The row of a run (`first`, `count` rows of it) with the largest key that is not above `key`; the run's first row
 * where all are. Straight code without a branch: the verifier would follow both sides of every step. Keys are below
 * 2^63.
 */
export function searchRows(
  code: Code,
  rows: SearchedRows,
  run: { readonly first: V; readonly count: V; readonly most: number },
  key: V,
): V {
  const { b } = code;
  const last = b.alu('sub', run.count, imm(1));
  const found = b.constant(0);
  const entries = new Map(SHORTCUTS.map((bits) => [bits - 1, b.newLabel(`rows${2 ** bits}`)]));
  for (const [bit, entry] of entries) b.branch('<=', run.count, imm(2 ** (bit + 1)), entry);
  for (let bit = Math.log2(run.most) - 1; bit >= 0; bit--) {
    const entry = entries.get(bit);
    if (entry !== undefined) b.label(entry);
    const next = b.alu('add', found, imm(2 ** bit));
    const row = rowAt(code, rows, b.alu('add', run.first, next));
    const beyond = b.alu('or', b.alu('sub', last, next), b.alu('sub', key, b.load(rows.width, row, 0)));
    // Not by a mask of all or no bits: the verifier would follow both.
    const go = b.alu('xor', b.alu('rsh', beyond, imm(63)), imm(1));
    b.update('add', found, b.alu('lsh', go, imm(bit)));
  }
  return b.alu('add', run.first, found);
}
