/**
 * Which bucket a value of llquantize(value, factor, low, high, steps) falls in.
 *
 * The positive values are cut at `bounds`, ascending: b[0] = factor^low, then for each magnitude m from low to high
 * the multiples of factor^(m+1) / steps that lie above factor^m, up to and including factor^(m+1). Magnitude 0 with
 * more steps than the factor has whole numbers is cut at every whole number instead. The last bound is
 * factor^(high+1).
 *
 * Negative values mirror the positive ones, so with n = number of bounds <= |v|:
 *
 *     bucket = zero + n   for v >= 0
 *     bucket = zero - n   for v < 0           zero = bounds.length, count = 2 * bounds.length + 1
 *
 * that is: bucket 0 is v <= -factor^(high+1), `zero` (in the middle) is |v| < factor^low, the last is
 * v >= factor^(high+1).
 */
import type { Buckets } from './quantize.js';

export interface LlquantizeBuckets extends Buckets {
  readonly bounds: readonly bigint[];
  /** Index of the bucket around 0. */
  readonly zero: number;
}

export function llquantizeBuckets(
  factor: bigint,
  low: bigint,
  high: bigint,
  steps: bigint,
): LlquantizeBuckets {
  const bounds = llquantizeBounds(factor, low, high, steps);
  const zero = bounds.length;
  const from = (distance: number): bigint => (distance === 0 ? 0n : bounds[distance - 1]!);
  const to = (distance: number): bigint | undefined =>
    distance === zero ? undefined : bounds[distance]! - 1n;
  return {
    bounds,
    zero,
    count: 2 * zero + 1,
    index(value) {
      const distance = boundsUpTo(bounds, value < 0n ? -value : value);
      return value < 0n ? zero - distance : zero + distance;
    },
    range(index) {
      const distance = Math.abs(index - zero);
      const far = to(distance);
      if (distance === 0) return { from: -far!, to: far };
      if (index > zero) return { from: from(distance), to: far };
      return { from: far === undefined ? undefined : -far, to: -from(distance) };
    },
  };
}

function llquantizeBounds(factor: bigint, low: bigint, high: bigint, steps: bigint): bigint[] {
  const bounds = [factor ** low];
  for (let magnitude = low; magnitude <= high; magnitude++) {
    const top = factor ** (magnitude + 1n);
    const whole = magnitude === 0n && steps > factor;
    const count = whole ? factor : steps;
    for (let step = count / factor + 1n; step <= count; step++) bounds.push((step * top) / count);
  }
  return bounds;
}

function boundsUpTo(bounds: readonly bigint[], value: bigint): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bounds[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
