/**
 * Arithmetic on an aggregation's 64-bit words: merging what CPUs counted apart, and subtracting what was counted
 * before a clear(). Word 0 is the number of updates.
 */
import type { AggregationSchema } from '../../compiler/image.js';
import type { AggregatingFunction } from '../../language/checked.js';

export type Words = BigInt64Array<ArrayBufferLike>;

export interface WordArithmetic {
  readonly size: number;
  /** No updates. */
  empty(): Words;
  /** Makes `total` what it and `words` were together. */
  merge(total: Words, words: Words): void;
  /** Takes an earlier state out of `total`. Undefined: impossible, the kernel must forget instead. */
  readonly subtract?: (total: Words, earlier: Words) => void;
}

type Arithmetic = Omit<WordArithmetic, 'size' | 'empty'>;

export function wordArithmetic(schema: AggregationSchema): WordArithmetic {
  const start = extremes[schema.function];
  const size = schema.words;
  return {
    size,
    ...arithmetics(schema),
    empty() {
      const words = new BigInt64Array(size);
      if (start !== undefined) words[1] = start;
      return words;
    },
  };
}

/** What min() and max() hold, and print, before their first value and after clear(). */
const extremes: Partial<Record<AggregatingFunction, bigint>> = {
  min: 0x7fff_ffff_ffff_ffffn,
  max: -0x8000_0000_0000_0000n,
};

function arithmetics({ function: name, signed }: AggregationSchema): Arithmetic {
  if (name === 'min' || name === 'max') return extreme(name, signed);
  return name === 'stddev' ? squares : sums;
}

/** Typed array elements wrap at 64 bits by themselves. */
const sums: Arithmetic = {
  merge(total, words) {
    for (let word = 0; word < total.length; word++) total[word] = total[word]! + words[word]!;
  },
  subtract(total, earlier) {
    for (let word = 0; word < total.length; word++) total[word] = total[word]! - earlier[word]!;
  },
};

/** Updates and sum, then a sum of squares over two words. */
const squares: Arithmetic = {
  merge(total, words) {
    addSquares(total, words, 1n);
  },
  subtract(total, earlier) {
    addSquares(total, earlier, -1n);
  },
};

function addSquares(total: Words, words: Words, sign: 1n | -1n): void {
  total[0] = total[0]! + sign * words[0]!;
  total[1] = total[1]! + sign * words[1]!;
  const sum = sumOfSquares(total) + sign * sumOfSquares(words);
  total[2] = sum;
  total[3] = sum >> 64n;
}

export function sumOfSquares(words: Words): bigint {
  return (BigInt.asUintN(64, words[3]!) << 64n) | BigInt.asUintN(64, words[2]!);
}

function extreme(name: 'min' | 'max', signed: boolean): Arithmetic {
  const order = (word: bigint): bigint => (signed ? word : BigInt.asUintN(64, word));
  return {
    merge(total, words) {
      if (words[0] === 0n) return;
      const better =
        name === 'min' ? order(words[1]!) < order(total[1]!) : order(words[1]!) > order(total[1]!);
      if (total[0] === 0n || better) total[1] = words[1]!;
      total[0] = total[0]! + words[0]!;
    },
  };
}
