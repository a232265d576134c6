/**
 * Which bucket a value of quantize() and lquantize() falls in. The compiler emits code that computes `index`, the
 * consumer names buckets by `range`; llquantize() is in its own module.
 */

export interface Buckets {
  readonly count: number;
  index(value: bigint): number;
  /** Smallest and largest value of a bucket; undefined where it is open. */
  range(index: number): { readonly from: bigint | undefined; readonly to: bigint | undefined };
}

/** Buckets of quantize(): 63 negative, one for 0, 63 positive. */
export const quantizeCount = 127;
export const quantizeZero = 63;

/** The power of two (or its negative, or 0) that names a bucket of quantize(). */
export function quantizeValue(index: number): bigint {
  if (index === quantizeZero) return 0n;
  return index > quantizeZero ? 1n << BigInt(index - 64) : -(1n << BigInt(62 - index));
}

/**
 * `index`: 63 for 0; 64 + floor(log2 v) for v > 0, 62 - floor(log2 |v|) for v < 0. -2^63 alone would be -1 and
 * belongs to bucket 0.
 */
export const quantizeBuckets: Buckets = {
  count: quantizeCount,
  index(value) {
    if (value === 0n) return quantizeZero;
    const log = (value < 0n ? -value : value).toString(2).length - 1;
    return value > 0n ? 64 + Math.min(log, 62) : 62 - Math.min(log, 62);
  },
  range(index) {
    const value = quantizeValue(index);
    if (value === 0n) return { from: 0n, to: 0n };
    if (value > 0n) return { from: value, to: index === quantizeCount - 1 ? undefined : 2n * value - 1n };
    return { from: index === 0 ? undefined : 2n * value + 1n, to: value };
  },
};

export interface LquantizeBuckets extends Buckets {
  readonly base: bigint;
  readonly step: bigint;
  /** Buckets between the underflow and the overflow bucket. */
  readonly levels: number;
}

/**
 * Bucket 0 holds v < base, bucket 1 + floor((v - base) / step) the rest, the last one (levels + 1) everything from
 * base + levels * step up.
 */
export function lquantizeBuckets(base: bigint, limit: bigint, step: bigint): LquantizeBuckets {
  const levels = Number((limit - base) / step);
  const top = base + BigInt(levels) * step;
  const from = (index: number): bigint => base + BigInt(index - 1) * step;
  return {
    base,
    step,
    levels,
    count: levels + 2,
    index: (value) => (value < base ? 0 : value >= top ? levels + 1 : 1 + Number((value - base) / step)),
    range: (index) => ({
      from: index === 0 ? undefined : from(index),
      to: index === levels + 1 ? undefined : from(index + 1) - 1n,
    }),
  };
}
