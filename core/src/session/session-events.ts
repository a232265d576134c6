import type { ProbeImage } from '../compiler/image.js';
import type { AggregationEvent, DropEvent, ErrorEvent, ProbeEvent } from '../consumer/events-types.js';

/** What a session tells its listeners, by event name. */
export interface SessionEvents {
  /** Attaching takes its time: sites attached one by one so far, and all that are to be. */
  progress: [{ readonly done: number; readonly total: number }];
  /** Programs are attached, BEGIN has run. */
  started: [];
  /** A probe that the kernel cannot have, or not in all its places; the others are traced. */
  leftOut: [{ readonly probe: string; readonly reason: string }];
  /** Probes that were not there when tracing began are traced from now on. */
  extended: [readonly ProbeImage[]];
  /** A clause fired and recorded something. */
  record: [ProbeEvent];
  /** A printa(), or at the end everything that was aggregated and never printed. */
  aggregations: [readonly AggregationEvent[]];
  /** Data was lost. */
  drop: [DropEvent];
  /** A clause was abandoned, by an invalid address for instance. */
  fault: [ErrorEvent];
  /** The script called exit(). */
  exit: [status: number];
  /** The session itself failed, and stops. */
  error: [unknown];
  /** Everything is detached and drained; nothing comes after this. */
  stopped: [];
}
