/** The order aggregations are printed and truncated in. */
import type { AggregationSchema, Field } from '../../compiler/image.js';
import type { ConsumerOptions } from '../options.js';
import { asUnsigned, isInteger, type StackValue, type Value } from '../values.js';
import { distributionOf } from './buckets.js';
import { aggregationNumber, isDistribution } from './numbers.js';
import type { AggregationRow } from './state.js';
import type { Words } from './words.js';

export type Compare<T> = (left: T, right: T) => number;

export type SortOptions = Pick<ConsumerOptions, 'aggsortkey' | 'aggsortkeypos' | 'aggsortpos' | 'aggsortrev'>;

/** By value, equal values by key; or the other way round. */
export function rowOrder(schema: AggregationSchema, options?: SortOptions): Compare<AggregationRow> {
  const value = valueOrder(schema);
  const keys = keyOrder(schema.keys, options?.aggsortkeypos ?? 0);
  const order: Compare<AggregationRow> = options?.aggsortkey
    ? (left, right) => keys(left.key, right.key)
    : (left, right) => value(left.words, right.words) || keys(left.key, right.key);
  return options?.aggsortrev ? (left, right) => order(right, left) : order;
}

/** Values compare as they are before normalization. */
export function valueOrder(schema: AggregationSchema): Compare<Words> {
  if (isDistribution(schema.function)) return distributionOrder(schema);
  const number = (words: Words): bigint => aggregationNumber(schema.function, words, 1n);
  return (left, right) => compare(number(left), number(right));
}

function distributionOrder(schema: AggregationSchema): Compare<Words> {
  const { count, weight, zero } = distributionOf(schema);
  const sums = new WeakMap<Words, bigint>();
  const sum = (words: Words): bigint => {
    let total = sums.get(words);
    if (total !== undefined) return total;
    total = 0n;
    for (let index = 0; index < count; index++) {
      const held = words[index + 1]!;
      if (held !== 0n) total += weight(index) * held;
    }
    sums.set(words, total);
    return total;
  };
  return (left, right) =>
    compare(sum(left), sum(right)) || (zero === undefined ? 0 : compare(left[zero + 1]!, right[zero + 1]!));
}

/** Keys compare from `position` on, then the ones before it. */
export function keyOrder(fields: readonly Field[], position: number): Compare<readonly Value[]> {
  const start = position < fields.length ? position : 0;
  const order = fields.map((_, index) => (start + index) % fields.length);
  const sizes = fields.map((field) => (field.kind === 'integer' ? field.size : 8));
  return (left, right) => {
    for (const index of order) {
      const result = compareValues(left[index]!, right[index]!, sizes[index]!);
      if (result !== 0) return result;
    }
    return 0;
  };
}

/** Integers compare unsigned whatever their type, as DTrace compares them. */
function compareValues(left: Value, right: Value, size: number): number {
  if (isInteger(left) && isInteger(right)) return compare(asUnsigned(left, size), asUnsigned(right, size));
  if (typeof left === 'string' && typeof right === 'string') return compare(left, right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  if (typeof left !== 'object' || typeof right !== 'object') return 0;
  if ('frames' in left && 'frames' in right) return Buffer.compare(stackBytes(left), stackBytes(right));
  if (!('address' in left && 'address' in right)) return 0;
  return compare(left.tgid ?? 0, right.tgid ?? 0) || compare(left.address, right.address);
}

/** Stacks compare as the bytes they are recorded in. */
function stackBytes({ frames, tgid }: StackValue): Uint8Array {
  const words = BigUint64Array.from(tgid === undefined ? frames : [BigInt(tgid), ...frames]);
  return new Uint8Array(words.buffer);
}

export function compare<T extends number | bigint | string>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
