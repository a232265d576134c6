/** Aggregations keyed by stacks, as flame graphs and profilers want them. */
import { aggregationEvent } from '../events.js';
import type { AggregationEvent, EventRow, EventValue } from '../events-types.js';
import type { Output } from '../output.js';
import { type OutputContext, plainOutput } from '../output-format.js';
import { plainText } from './plain-text.js';

export interface WeightedStack {
  /** Outermost first. What else the key has comes before: `execname`, then functions. */
  readonly frames: readonly string[];
  readonly weight: number;
}

export interface StackProfile {
  /** The aggregation's, without the `@`. */
  readonly name: string;
  readonly stacks: readonly WeightedStack[];
}

/** All places in one function are one frame. */
const functionText = (text: string): string => text.replace(/\+0x[0-9a-f]+$/, '');

const isStack = (value: EventValue): value is Extract<EventValue, { readonly frames: unknown }> =>
  typeof value === 'object' && 'frames' in value;

function frames(key: readonly EventValue[]): string[] {
  const stacks = key.filter(isStack);
  // A process calls the kernel, not the other way round.
  const ordered = [
    ...stacks.filter(({ tgid }) => tgid !== undefined),
    ...stacks.filter(({ tgid }) => tgid === undefined),
  ];
  return [
    ...key.filter((value) => !isStack(value)).map((value) => plainText(value)),
    ...ordered.flatMap((stack) => stack.frames.map(({ text }) => functionText(text)).reverse()),
  ];
}

function weight({ value, buckets }: EventRow): number {
  if (buckets === undefined) return Number(value);
  return buckets.reduce((sum, { count }) => sum + Number(count), 0);
}

/** One profile for each aggregation that has stacks in its keys. */
export function stackProfiles(events: readonly AggregationEvent[]): StackProfile[] {
  return events
    .filter(({ rows }) => rows.some(({ key }) => key.some(isStack)))
    .map(({ name, rows }) => {
      const merged = new Map<string, { readonly frames: readonly string[]; weight: number }>();
      for (const row of rows) {
        const path = frames(row.key);
        const known = merged.get(path.join('\n'));
        if (known === undefined) merged.set(path.join('\n'), { frames: path, weight: weight(row) });
        else known.weight += weight(row);
      }
      return { name, stacks: [...merged.values()].filter((stack) => stack.weight > 0) };
    });
}

/** Writes the stacks of aggregations once tracing is over: as they were printed last, or as they are then. */
export function stackOutput(
  context: OutputContext,
  write: (profiles: readonly StackProfile[]) => string,
): Output {
  const last = new Map<string, AggregationEvent>();
  return {
    ...plainOutput(context),
    aggregations(_record, states) {
      for (const state of states) last.set(state.schema.name, aggregationEvent(state, context));
    },
    finish(states) {
      for (const state of states) last.set(state.schema.name, aggregationEvent(state, context));
      const profiles = stackProfiles([...last.values()]);
      if (profiles.length === 0)
        context.complain('no aggregation with a stack() or ustack() in its key holds anything');
      context.sink.write(write(profiles));
    },
  };
}
