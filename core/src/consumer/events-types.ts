/** The shapes of events, for programs that embed tracing; `json.ts` writes the same shapes as text. */
import type { DropKind, ProbeImage } from '../compiler/image.js';
import type { AggregatingFunction } from '../language/checked.js';
import type { Integer } from './values.js';

export interface ResolvedAddress {
  readonly address: bigint;
  /** ``module`symbol+0x1f``, as much of it as is known. */
  readonly text: string;
}

export type EventValue =
  | Integer
  | string
  | Uint8Array
  | { readonly frames: readonly ResolvedAddress[]; readonly tgid?: number }
  | (ResolvedAddress & { readonly tgid?: number });

export interface EventAction {
  readonly action: string;
  /** printf() only: the formatted text. */
  readonly text?: string;
  readonly values: readonly EventValue[];
}

export interface ProbeEvent {
  readonly type: 'probe';
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly time: Integer;
  readonly cpu: number;
  readonly probe: ProbeImage;
  /** Position of the clause in the program, from 0. */
  readonly clause: number;
  readonly actions: readonly EventAction[];
}

export interface EventBucket {
  /** Smallest and largest value counted here; absent where the bucket is open. */
  readonly from?: Integer;
  readonly to?: Integer;
  readonly count: Integer;
}

export interface EventRow {
  readonly key: readonly EventValue[];
  /** Divided by what normalize() set. Absent for distributions. */
  readonly value?: Integer;
  /** Buckets that are not empty, ascending, not normalized. Absent for other functions. */
  readonly buckets?: readonly EventBucket[];
}

export interface AggregationEvent {
  readonly type: 'aggregation';
  /** Without the `@`. */
  readonly name: string;
  readonly function: AggregatingFunction;
  readonly normal: Integer;
  /** In the order they print in. */
  readonly rows: readonly EventRow[];
}

export interface DropEvent {
  readonly type: 'drop';
  readonly kind: DropKind;
  readonly count: number;
  readonly cpu?: number;
  readonly text: string;
}

export interface ErrorEvent {
  readonly type: 'error';
  readonly probe: ProbeImage;
  readonly cpu: number;
  readonly clause: number;
  /** DTrace's fault number. */
  readonly fault: number;
  readonly address?: bigint;
  readonly text: string;
}

export interface ExitEvent {
  readonly type: 'exit';
  readonly status: number;
}

export type TraceEvent = ProbeEvent | AggregationEvent | DropEvent | ErrorEvent | ExitEvent;

/** For an event emitter: one event name per type. */
export interface TraceEvents {
  probe: [ProbeEvent];
  aggregation: [AggregationEvent];
  drop: [DropEvent];
  error: [ErrorEvent];
  exit: [ExitEvent];
}
