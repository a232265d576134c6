/**
 * What data counts against the sizes that options set: its bytes as a D program declares them, not as they are
 * stored here. A string counts strsize however short it is, so that a script's sizes mean what they always meant.
 */
import type { Expr } from '../language/checked.js';
import { asInteger, resolve, sizeOf } from '../language/types/queries.js';
import { align, stackFrames } from './fields.js';
import type { CompileOptions } from './options.js';

/** A record's header in a buffer: which clause it is of. */
const HEADER = 4;
/** Records of a speculation carry their time, too. */
const SPECULATIVE_HEADER = 12;
/** The header of an aggregation's record: which aggregation it is. */
const AGGREGATION_HEADER = 4;
const WORD = 8;

function declared(value: Expr, options: CompileOptions): { readonly size: number; readonly align: number } {
  const bare = resolve(value.type);
  const strsize = options.strsize - 1;
  switch (bare.kind) {
    case 'string':
      return { size: strsize, align: 1 };
    case 'opaque': {
      if (bare.name === 'symaddr') return { size: WORD, align: WORD };
      if (bare.name === 'usymaddr') return { size: 2 * WORD, align: WORD };
      const words = stackFrames(value, options) + (bare.name === 'stack' ? 0 : 1);
      return { size: words * WORD, align: WORD };
    }
    case 'struct':
    case 'union':
    case 'array':
    case 'float':
      return { size: sizeOf(value.type, options.strsize) ?? 0, align: WORD };
    default: {
      const size = asInteger(value.type)?.size ?? WORD;
      return { size, align: size };
    }
  }
}

function total(values: readonly Expr[], header: number, options: CompileOptions): number {
  let end = header;
  let widest = HEADER;
  for (const value of values) {
    const { size, align: boundary } = declared(value, options);
    end = align(end, boundary) + size;
    widest = Math.max(widest, boundary);
  }
  return align(end, widest);
}

/** Bytes of a clause's record in a buffer, and in a speculation. */
export function recordCharge(values: readonly Expr[], options: CompileOptions, speculative = false): number {
  return total(values, speculative ? SPECULATIVE_HEADER : HEADER, options);
}

/** Bytes of one key of an aggregation, with its value of so many words. */
export function aggregationCharge(keys: readonly Expr[], words: number, options: CompileOptions): number {
  return align(total(keys, AGGREGATION_HEADER, options), WORD) + words * WORD;
}

/** What the element of an associative array carries beside key and value. */
const ELEMENT_HEADER = 8;

/** Bytes of one element of an associative array. */
export function elementCharge(keys: readonly Expr[], size: number, options: CompileOptions): number {
  return total(keys, ELEMENT_HEADER, options) + size;
}
