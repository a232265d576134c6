/** The number an aggregation's words stand for. Distributions have none; see `histogram.ts`. */
import type { AggregatingFunction } from '../../language/checked.js';
import { sumOfSquares, type Words } from './words.js';

type Number64 = (words: Words, normal: bigint) => bigint;

const plain: Number64 = (words, normal) => words[1]! / normal;

const numbers: Partial<Record<AggregatingFunction, Number64>> = {
  count: (words, normal) => words[0]! / normal,
  sum: plain,
  min: plain,
  max: plain,
  avg: (words, normal) => (words[0] === 0n ? 0n : words[1]! / normal / words[0]!),
  stddev: standardDeviation,
};

export function isDistribution(name: AggregatingFunction): boolean {
  return numbers[name] === undefined;
}

/** `normal`: what normalize() set, 1 otherwise. */
export function aggregationNumber(name: AggregatingFunction, words: Words, normal: bigint): bigint {
  return numbers[name]?.(words, normal === 0n ? 1n : normal) ?? 0n;
}

/** The root of the mean of squares less the square of the mean, in whole numbers throughout. */
function standardDeviation(words: Words, normal: bigint): bigint {
  const updates = words[0]!;
  if (updates === 0n) return 0n;
  const mean = words[1]! / normal / updates;
  return squareRoot(BigInt.asUintN(128, sumOfSquares(words) / normal / updates - mean * mean));
}

function squareRoot(square: bigint): bigint {
  if (square < 2n) return square;
  let root = 1n << BigInt((square.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
