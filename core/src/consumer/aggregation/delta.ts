/** What aggregations gained between two snapshots. */
import type { AggregationEvent, EventBucket, EventRow, EventValue } from '../events-types.js';
import { compact, type Integer } from '../values.js';

const identity = (key: readonly EventValue[]): string =>
  JSON.stringify(key, (_name, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

const minus = (a: Integer, b: Integer): Integer => compact(BigInt(a) - BigInt(b));

/** Functions whose results add up over time. Of the others a row is given as it is, if it changed. */
const ADDITIVE: ReadonlySet<string> = new Set(['count', 'sum']);

function sinceBuckets(now: readonly EventBucket[], before: readonly EventBucket[]): readonly EventBucket[] {
  const key = ({ from, to }: EventBucket) => `${from} ${to}`;
  const known = new Map(before.map((bucket) => [key(bucket), bucket.count]));
  const shrunk = before.some((bucket) => {
    const left = now.find((other) => key(other) === key(bucket));
    return left === undefined || left.count < bucket.count;
  });
  // It was cleared meanwhile: everything there is came since.
  if (shrunk) return now;
  return now
    .map((bucket) => ({ ...bucket, count: minus(bucket.count, known.get(key(bucket)) ?? 0) }))
    .filter(({ count }) => count !== 0);
}

function sinceRow(func: string, now: EventRow, before: EventRow | undefined): EventRow | undefined {
  if (before === undefined) return now;
  if (now.buckets !== undefined) {
    const buckets = sinceBuckets(now.buckets, before.buckets ?? []);
    return buckets.length === 0 ? undefined : { key: now.key, buckets };
  }
  if (now.value === before.value) return undefined;
  if (func === 'count' && now.value! < before.value!) return now;
  return ADDITIVE.has(func) ? { key: now.key, value: minus(now.value!, before.value!) } : now;
}

/** Rows that changed since `before`: counts, sums and distributions as differences, other results as they are now. */
export function aggregationDelta(
  now: readonly AggregationEvent[],
  before: readonly AggregationEvent[],
): readonly AggregationEvent[] {
  const known = new Map(before.map(({ name, rows }) => [name, rows]));
  return now.map((event) => {
    const rows = new Map((known.get(event.name) ?? []).map((row) => [identity(row.key), row]));
    return {
      ...event,
      rows: event.rows.flatMap((row) => sinceRow(event.function, row, rows.get(identity(row.key))) ?? []),
    };
  });
}
