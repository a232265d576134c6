/** What an output is told, in the order it happened. */
import type { AggregationState } from './aggregation/state.js';
import type { Drop, Fault } from './messages.js';
import type { DecodedAction, ProbeRecord } from './values.js';

export interface Output {
  begin(record: ProbeRecord): void;
  /** An action that carries data; those the consumer carries out itself do not come here. */
  action(record: ProbeRecord, action: DecodedAction): void;
  /** A printa(). The text is only made when asked for. */
  aggregations(record: ProbeRecord, states: readonly AggregationState[], text: () => string): void;
  end(record: ProbeRecord): void;
  drop(drop: Drop): void;
  fault(fault: Fault): void;
  /** The run is over; `states` are the aggregations nothing has printed. */
  finish(states: readonly AggregationState[], text: () => string, status: number | undefined): void;
  /** Passes on what is held back. Called after every drain and before a command runs. */
  flush(): void;
  /** freopen(): from now on to that file, or back to where output went at first. Throws when it cannot. */
  reopen(path: string | undefined): void;
  /** ftruncate(): empties the file written to. */
  truncate(): void;
  /** The user asked for the end, at a keyboard that may have echoed it. */
  interrupted?(): void;
}

/** Where an output's characters go. */
export interface Sink {
  write(text: string): void;
  /** Undefined: back to the first. Throws when the file cannot be opened. */
  reopen?(path: string | undefined): void;
  truncate?(): void;
}
