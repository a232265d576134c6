/** The buckets of a distribution as they are printed: which of them, and their names. */
import type { AggregationSchema } from '../../compiler/image.js';
import { llquantizeBuckets } from '../../language/llquantize.js';
import {
  type Buckets,
  lquantizeBuckets,
  quantizeBuckets,
  quantizeCount,
  quantizeValue,
  quantizeZero,
} from '../../language/quantize.js';
import type { Words } from './words.js';

export interface Distribution extends Buckets {
  /** First and last bucket shown when nothing was counted. */
  readonly nothing: readonly [number, number];
  /** Name of a bucket; `first` is the first bucket shown. */
  label(index: number, first: number): string;
  /** The value a bucket stands for when distributions are compared. */
  weight(index: number): bigint;
  /** The bucket whose count decides between distributions of equal weight; undefined: none holds 0. */
  readonly zero: number | undefined;
}

const made = new WeakMap<AggregationSchema, Distribution>();

export function distributionOf(schema: AggregationSchema): Distribution {
  let distribution = made.get(schema);
  if (!distribution) {
    distribution = makers[schema.function]?.(schema.parameters) ?? quantize();
    made.set(schema, distribution);
  }
  return distribution;
}

const makers: Partial<Record<string, (parameters: readonly bigint[]) => Distribution>> = {
  quantize,
  lquantize,
  llquantize,
};

function quantize(): Distribution {
  return {
    ...quantizeBuckets,
    count: quantizeCount,
    zero: quantizeZero,
    nothing: [quantizeZero - 1, quantizeZero + 1],
    label: (index) => quantizeValue(index).toString(),
    weight: quantizeValue,
  };
}

function lquantize([base = 0n, limit = 0n, step = 1n]: readonly bigint[]): Distribution {
  const buckets = lquantizeBuckets(base, limit, step);
  const last = buckets.count - 1;
  const start = (index: number): bigint => base + BigInt(index - 1) * step;
  const weight = (index: number): bigint =>
    index === 0 ? base - 1n : index === last ? start(last) + 1n : start(index);
  const zero = Array.from({ length: buckets.count }, (_, index) => index).find((at) => weight(at) === 0n);
  return {
    ...buckets,
    zero,
    nothing: [0, Math.min(2, last)],
    label: (index) =>
      index === 0 ? `< ${base}` : index === last ? `>= ${start(last)}` : start(index).toString(),
    weight,
  };
}

function llquantize([factor = 2n, low = 0n, high = 0n, steps = 1n]: readonly bigint[]): Distribution {
  const buckets = llquantizeBuckets(factor, low, high, steps);
  const { bounds, zero, count } = buckets;
  const around = (first: number): string =>
    bounds[0] === 1n ? '0' : `${first >= zero ? '<' : 'abs() <'} ${bounds[0]}`;
  const bound = (index: number): bigint =>
    index > zero ? bounds[index - zero - 1]! : -bounds[zero - index - 1]!;
  return {
    ...buckets,
    nothing: [zero, zero + 2],
    label(index, first) {
      if (index === zero) return around(first);
      if (index === 0) return `<= ${bound(0)}`;
      return index === count - 1 ? `>= ${bound(index)}` : bound(index).toString();
    },
    weight: (index) => (index === zero ? 0n : bound(index)),
  };
}

/** First and last bucket to show: those that hold something, and one more on each side. */
export function shownBuckets(distribution: Distribution, words: Words): readonly [number, number] {
  const { count, nothing } = distribution;
  let first = 0;
  let last = count - 1;
  while (first <= last && words[first + 1] === 0n) first++;
  if (first > last) return nothing;
  while (words[last + 1] === 0n) last--;
  return [Math.max(first - 1, 0), Math.min(last + 1, count - 1)];
}
