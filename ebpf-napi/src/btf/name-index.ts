import { hashName, type StringTable } from './strings.js';
import type { TypeTable } from './type-table.js';

const encoder = new TextEncoder();

/**
 * Ids by name: a hash table with chains in typed arrays, over the named types of one BTF without its base.
 * Building it reads every name once; looking up compares bytes.
 */
export class NameIndex {
  readonly #table: TypeTable;
  readonly #strings: StringTable;
  /** First type of each bucket's chain as `id - first + 1`; 0 ends a chain. */
  readonly heads: Uint32Array;
  readonly next: Uint32Array;

  /** `made`: the arrays of an equal index, kept from another time. */
  constructor(table: TypeTable, strings: StringTable, made?: { heads: Uint32Array; next: Uint32Array }) {
    this.#table = table;
    this.#strings = strings;
    if (made !== undefined) {
      this.heads = made.heads;
      this.next = made.next;
      return;
    }
    const { words, starts, count } = table;
    const size = 1 << Math.ceil(Math.log2(count + 1));
    const heads = new Uint32Array(size);
    const next = new Uint32Array(count);
    // Backwards, so that each chain is in ascending order of ids.
    for (let i = count - 1; i >= 0; i--) {
      const offset = words[starts[i]!]!;
      if (offset === 0 || offset >= strings.end) continue;
      const bucket = strings.hash(offset) & (size - 1);
      next[i] = heads[bucket]!;
      heads[bucket] = i + 1;
    }
    this.heads = heads;
    this.next = next;
  }

  /** Ids of the types with this name in ascending order, of one kind number or of all. */
  *ids(name: string, kind?: number): Generator<number> {
    const { words, starts, kinds, first } = this.#table;
    const bytes = encoder.encode(name);
    let at = this.heads[hashName(bytes) & (this.heads.length - 1)]!;
    for (; at !== 0; at = this.next[at - 1]!) {
      const i = at - 1;
      if (kind !== undefined && kinds[i] !== kind) continue;
      if (this.#strings.equals(words[starts[i]!]!, bytes)) yield first + i;
    }
  }
}
