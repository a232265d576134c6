import { BtfError } from './error.js';
import { COMMON_WORDS, ELEMENT_WORDS, FIXED_WORDS, KINDS } from './kinds.js';

/** Ids of a BTF's own types are `first` … `first + count - 1`; the arrays are indexed by `id - first`. */
export interface TypeTable {
  readonly words: Uint32Array;
  readonly first: number;
  readonly count: number;
  /** Where each type starts in `words`. */
  readonly starts: Uint32Array;
  /** Kind number of each type. */
  readonly kinds: Uint8Array;
}

/**
 * Finds where every type starts, in one pass that makes no object per type. Throws `BtfError` for an unknown
 * kind, whose length cannot be known, and for a type that reaches past the section.
 */
export function indexTypes(words: Uint32Array, first: number): TypeTable {
  const limit = words.length;
  const most = Math.floor(limit / COMMON_WORDS);
  const starts = new Uint32Array(most);
  const kinds = new Uint8Array(most);
  let count = 0;
  let at = 0;
  while (at < limit) {
    const info = words[at + 1] ?? 0;
    const kind = (info >>> 24) & 0x1f;
    if (kind === 0 || kind >= KINDS.length) {
      throw new BtfError(`BTF type ${first + count} at byte ${at * 4} has unknown kind ${kind}`);
    }
    const next = at + COMMON_WORDS + FIXED_WORDS[kind]! + ELEMENT_WORDS[kind]! * (info & 0xffff);
    if (next > limit) {
      throw new BtfError(
        `BTF type ${first + count} at byte ${at * 4} reaches past the end of the type section`,
      );
    }
    starts[count] = at;
    kinds[count] = kind;
    count++;
    at = next;
  }
  return { words, first, count, starts: starts.subarray(0, count), kinds: kinds.subarray(0, count) };
}
