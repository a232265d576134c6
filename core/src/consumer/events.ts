/** Events made from what the consumer tells its output. */
import { distributionOf } from './aggregation/buckets.js';
import { aggregationNumber, isDistribution } from './aggregation/numbers.js';
import { rowOrder } from './aggregation/sort.js';
import type { AggregationState } from './aggregation/state.js';
import type { Words } from './aggregation/words.js';
import type {
  AggregationEvent,
  DropEvent,
  ErrorEvent,
  EventAction,
  EventBucket,
  EventValue,
  ProbeEvent,
} from './events-types.js';
import { type Drop, dropText, type Fault, faultMessage } from './messages.js';
import type { Printing } from './printf/conversions.js';
import { addressText, type SymbolResolver, symbolText } from './symbols.js';
import { compact, type DecodedAction, isInteger, type ProbeRecord, type Value } from './values.js';

export function probeEvent(record: ProbeRecord, symbols: SymbolResolver): ProbeEvent {
  const { time, cpu, probe, clause, actions } = record;
  return {
    type: 'probe',
    time,
    cpu,
    probe,
    clause,
    actions: actions.map((action) => eventAction(action, symbols)),
  };
}

function eventAction(action: DecodedAction, symbols: SymbolResolver): EventAction {
  const name = action.schema.action;
  const values = action.values.map((value) => eventValue(value, symbols));
  return name === 'printf' ? { action: name, text: action.text(), values } : { action: name, values };
}

export function eventValue(value: Value, symbols: SymbolResolver): EventValue {
  if (isInteger(value) || typeof value === 'string' || value instanceof Uint8Array) return value;
  const process = value.tgid === undefined ? {} : { tgid: value.tgid };
  if (value.kind === 'symbol') {
    return { address: value.address, text: symbolText(symbols, value), ...process };
  }
  const frames = value.frames.map((address) => ({
    address,
    text: addressText(symbols, address, value.tgid),
  }));
  return { frames, ...process };
}

export function aggregationEvent(state: AggregationState, { symbols, options }: Printing): AggregationEvent {
  const { schema, normal } = state;
  const rows = [...state.rows()].sort(rowOrder(schema, options)).map(({ key, words }) => ({
    key: key.map((value) => eventValue(value, symbols)),
    ...(isDistribution(schema.function)
      ? { buckets: eventBuckets(state, words) }
      : { value: compact(aggregationNumber(schema.function, words, normal)) }),
  }));
  return { type: 'aggregation', name: schema.name, function: schema.function, normal: compact(normal), rows };
}

function eventBuckets({ schema }: AggregationState, words: Words): EventBucket[] {
  const { count, range } = distributionOf(schema);
  const buckets: EventBucket[] = [];
  for (let index = 0; index < count; index++) {
    const held = words[index + 1]!;
    if (held === 0n) continue;
    const { from, to } = range(index);
    buckets.push({
      ...(from !== undefined && { from: compact(from) }),
      ...(to !== undefined && { to: compact(to) }),
      count: compact(held),
    });
  }
  return buckets;
}

export function dropEvent(drop: Drop): DropEvent {
  const { kind, count, cpu } = drop;
  return { type: 'drop', kind, count, ...(cpu !== undefined && { cpu }), text: dropText(drop) };
}

export function errorEvent(fault: Fault, { options }: Printing): ErrorEvent {
  const { probe, cpu, epid, kind, address } = fault;
  return {
    type: 'error',
    probe,
    cpu,
    clause: epid - 1,
    fault: kind,
    ...(address !== undefined && { address }),
    text: faultMessage(fault, options.faults),
  };
}
