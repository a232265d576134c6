/** What the two threads tell each other. Plain data that can be cloned; records as columns, because there are many. */
import type { DropKind, ProbeImage } from '../compiler/image.js';
import type {
  AggregationEvent,
  DropEvent,
  ErrorEvent,
  EventAction,
  EventValue,
  ProbeEvent,
} from '../consumer/events-types.js';
import { compact } from '../consumer/values.js';
import type { CompileRequest } from '../session/compile-program.js';
import type { SourceText } from '../session/front-end.js';

export interface WorkerStart {
  /** Modules whose default exports are provider packages. */
  readonly providers: readonly string[];
  readonly source: string | readonly SourceText[];
  readonly request: Omit<CompileRequest, 'prepareTarget'>;
  /** Records to a message, at most. */
  readonly batch: number;
  /** Records that may wait in the worker; see `RecordOptions`. */
  readonly limit: number;
}

/** What each action of a clause has in every one of its records. */
export interface ActionShape {
  readonly action: string;
  readonly values: number;
  readonly text: boolean;
}

export type ClauseShapes = readonly (readonly ActionShape[])[];

export interface RecordBatch {
  readonly count: number;
  readonly times: BigInt64Array;
  readonly cpus: Uint16Array;
  readonly clauses: Uint32Array;
  readonly probes: Uint32Array;
  /** Of all records, one after another. */
  readonly values: Float64Array | readonly EventValue[];
  /** Of all actions that have one. */
  readonly texts: readonly string[];
  /** Probes that no batch before this one had. */
  readonly names: readonly ProbeImage[];
}

export interface WorkerResult {
  readonly status: number | undefined;
  readonly drops: ReadonlyMap<DropKind, bigint>;
}

export interface WorkerAnswers {
  readonly aggregations: readonly AggregationEvent[];
  readonly drops: ReadonlyMap<DropKind, bigint>;
}

export type FromWorker =
  | { readonly type: 'started'; readonly shapes: ClauseShapes }
  | { readonly type: 'records'; readonly batch: RecordBatch }
  | { readonly type: 'aggregations'; readonly events: readonly AggregationEvent[] }
  | { readonly type: 'drop'; readonly event: DropEvent }
  | { readonly type: 'fault'; readonly event: ErrorEvent }
  | { readonly type: 'answer'; readonly id: number; readonly value: WorkerAnswers[keyof WorkerAnswers] }
  | { readonly type: 'finished'; readonly result: WorkerResult }
  | { readonly type: 'failed'; readonly name: string; readonly message: string };

export type ToWorker =
  /** A batch has been dealt with. */
  | { readonly type: 'taken' }
  | { readonly type: 'ask'; readonly id: number; readonly what: keyof WorkerAnswers }
  | { readonly type: 'stop' };

/** Gathers records as columns. */
export class BatchWriter {
  readonly #known = new Set<number>();
  #count = 0;
  #values: EventValue[] = [];
  #texts: string[] = [];
  #names: ProbeImage[] = [];
  #plain = true;
  #times: BigInt64Array;
  #cpus: Uint16Array;
  #clauses: Uint32Array;
  #probes: Uint32Array;

  constructor(private readonly size: number) {
    this.#times = new BigInt64Array(size);
    this.#cpus = new Uint16Array(size);
    this.#clauses = new Uint32Array(size);
    this.#probes = new Uint32Array(size);
  }

  get count(): number {
    return this.#count;
  }

  get full(): boolean {
    return this.#count === this.size;
  }

  add({ time, cpu, clause, probe, actions }: ProbeEvent): void {
    const at = this.#count++;
    this.#times[at] = BigInt(time);
    this.#cpus[at] = cpu;
    this.#clauses[at] = clause;
    this.#probes[at] = probe.id;
    if (!this.#known.has(probe.id)) {
      this.#known.add(probe.id);
      this.#names.push(probe);
    }
    for (const { values, text } of actions) {
      if (text !== undefined) this.#texts.push(text);
      for (const value of values) {
        if (typeof value !== 'number') this.#plain = false;
        this.#values.push(value);
      }
    }
  }

  /** What was gathered, and the memory that goes along with it. */
  take(): { readonly batch: RecordBatch; readonly transfer: ArrayBuffer[] } {
    const values = this.#plain ? Float64Array.from(this.#values as readonly number[]) : this.#values;
    const batch: RecordBatch = {
      count: this.#count,
      times: this.#times,
      cpus: this.#cpus,
      clauses: this.#clauses,
      probes: this.#probes,
      values,
      texts: this.#texts,
      names: this.#names,
    };
    const columns = [batch.times, batch.cpus, batch.clauses, batch.probes];
    if (values instanceof Float64Array) columns.push(values as never);
    this.#times = new BigInt64Array(this.size);
    this.#cpus = new Uint16Array(this.size);
    this.#clauses = new Uint32Array(this.size);
    this.#probes = new Uint32Array(this.size);
    this.#count = 0;
    this.#values = [];
    this.#texts = [];
    this.#names = [];
    this.#plain = true;
    return { batch, transfer: columns.map(({ buffer }) => buffer as ArrayBuffer) };
  }
}

/** Events out of batches; one for all batches of a run, in their order. */
export class BatchReader {
  readonly #names = new Map<number, ProbeImage>();

  constructor(private readonly shapes: ClauseShapes) {}

  *read(batch: RecordBatch): Generator<ProbeEvent> {
    for (const probe of batch.names) this.#names.set(probe.id, probe);
    let value = 0;
    let text = 0;
    for (let at = 0; at < batch.count; at++) {
      const clause = batch.clauses[at]!;
      const actions: EventAction[] = [];
      for (const shape of this.shapes[clause] ?? []) {
        const values: EventValue[] = [];
        for (let i = 0; i < shape.values; i++) values.push(batch.values[value++]!);
        actions.push({
          action: shape.action,
          ...(shape.text && { text: batch.texts[text++]! }),
          values,
        });
      }
      yield {
        type: 'probe',
        time: compact(batch.times[at]!),
        cpu: batch.cpus[at]!,
        probe: this.#names.get(batch.probes[at]!)!,
        clause,
        actions,
      };
    }
  }
}
