import type { AggregatingFunction } from '../language/checked.js';
import { llquantizeBuckets } from '../language/llquantize.js';
import { lquantizeBuckets, quantizeCount } from '../language/quantize.js';

const WORDS: Readonly<Record<AggregatingFunction, (parameters: readonly bigint[]) => number>> = {
  count: () => 1,
  sum: () => 2,
  avg: () => 2,
  min: () => 2,
  max: () => 2,
  stddev: () => 4,
  quantize: () => 1 + quantizeCount,
  lquantize: ([base = 0n, limit = 0n, step = 1n]) => 1 + lquantizeBuckets(base, limit, step).count,
  llquantize: ([factor = 2n, low = 0n, high = 0n, steps = 1n]) =>
    1 + llquantizeBuckets(factor, low, high, steps).count,
};

/** 64-bit words in one CPU's value of an aggregation; word 0 counts the updates. */
export function aggregationWords(aggregation: {
  readonly function: AggregatingFunction;
  readonly parameters: readonly bigint[];
}): number {
  return WORDS[aggregation.function](aggregation.parameters);
}
