/**
 * From record bytes to output: decodes each record, carries out in order what the script asked the consumer to do
 * and tells the output the rest.
 */
import { FAULT_RECORD, type ProbeImage, RECORD_HEADER, type TraceImage } from '../compiler/image.js';
import { Aggregations } from './aggregation/index.js';
import { printRemaining } from './aggregation/print.js';
import type { AggregationReader } from './aggregation/state.js';
import { readInteger64, type Source, sourceOf } from './decode.js';
import { aggregationEvent } from './events.js';
import type { AggregationEvent } from './events-types.js';
import type { Drop } from './messages.js';
import type { ConsumerOptions } from './options.js';
import type { Output } from './output.js';
import { type Performing, performers } from './perform.js';
import { PlannedAction, planRecord, type RecordPlan } from './plan.js';
import type { Printing } from './printf/conversions.js';
import { Speculations } from './speculations.js';
import type { SymbolResolver } from './symbols.js';
import type { ProbeRecord, Value } from './values.js';

export interface ConsumerParts {
  readonly output: Output;
  readonly symbols: SymbolResolver;
  readonly options: ConsumerOptions;
  readonly aggregationReader: AggregationReader;
  /** system(): runs the command and waits for it. Absent: commands are not run. */
  readonly runCommand?: (command: string) => void;
  /** setopt() of what is no concern of output. Returns why it cannot be set, or undefined. */
  readonly setOption?: (name: string, value: string) => string | undefined;
  /** Nothing of a speculation is left: speculation() may give it out again. */
  readonly freeSpeculation?: (id: number) => void;
}

export class Consumer {
  /** What exit() was called with. */
  exitStatus: number | undefined;
  #plans: readonly RecordPlan[];
  readonly #probes: Map<number, ProbeImage>;
  readonly #aggregations: Aggregations;
  readonly #printing: Printing;
  readonly #performing: Performing;
  readonly #speculations: Speculations;
  #source: Source | undefined;

  constructor(
    image: TraceImage,
    private readonly parts: ConsumerParts,
  ) {
    this.#printing = { symbols: parts.symbols, options: parts.options };
    this.#probes = new Map(image.probes);
    this.#plans = image.records.map((schema) => planRecord(schema, image, this.#printing));
    this.#aggregations = new Aggregations(
      image.aggregations,
      this.#probes,
      this.#printing,
      parts.aggregationReader,
      image.layout.cpus,
    );
    this.#speculations = new Speculations(parts.freeSpeculation);
    this.#performing = {
      ...parts,
      printing: this.#printing,
      aggregations: this.#aggregations,
      exit: (status) => {
        this.exitStatus = status;
      },
      commit: (id) => {
        for (const { view, length, cpu } of this.#speculations.end(id))
          this.#deliver(view, 0, length, cpu, false);
      },
      discard: (id) => void this.#speculations.end(id),
    };
  }

  /** Further probes fire from now on. Clauses that had none until now have records only now. */
  extend(image: TraceImage): void {
    for (const [id, probe] of image.probes) this.#probes.set(id, probe);
    const known = this.#plans;
    this.#plans = image.records.map((schema, index) => {
      const before = known[index];
      return before !== undefined && before.actions.length > 0
        ? before
        : planRecord(schema, image, this.#printing);
    });
  }

  /** The names of a probe. */
  probe(id: number): ProbeImage | undefined {
    return this.#probes.get(id);
  }

  /** What a record counts in its CPU's buffer. Records of a speculation count there, not here. */
  readonly chargeOf = (view: DataView, offset: number): number => {
    const plan = this.#plans[view.getUint32(offset, true) - 1];
    if (plan === undefined) return 0;
    return plan.speculates && view.getUint32(offset + RECORD_HEADER, true) !== 0 ? 0 : plan.charge;
  };

  /** A drain starts: actions on aggregations see them as they are now. */
  beginDrain(): void {
    this.#aggregations.expire();
  }

  /** Reads all aggregations: what scripts ask for is as it is now, until they are read again. */
  readAggregations(): void {
    this.#aggregations.expire();
    this.#aggregations.all();
  }

  endDrain(): void {
    this.parts.output.flush();
  }

  /** `length` bytes at `offset`: one record as it lies in the ring. Nothing of it is kept. */
  record(view: DataView, offset: number, length: number, cpu: number): void {
    this.#deliver(view, offset, length, cpu, true);
  }

  /** `speculative`: what belongs to a speculation waits for its end. */
  #deliver(view: DataView, offset: number, length: number, cpu: number, speculative: boolean): void {
    const epid = view.getUint32(offset, true);
    const probe = this.#probes.get(view.getUint32(offset + 4, true)) ?? unknownProbe;
    const plan = this.#plans[epid - 1];
    const speculation = speculative && plan?.speculates ? view.getUint32(offset + RECORD_HEADER, true) : 0;
    if (speculation !== 0) this.#speculations.hold(speculation, view, offset, length, cpu);
    else if (plan && length >= RECORD_HEADER) this.#record(plan, this.#sourceOf(view), offset, probe, cpu);
    else if (epid === 0 && length >= FAULT_RECORD.size) this.#fault(view, offset, probe, cpu);
  }

  drop(drop: Drop): void {
    if (drop.count > 0) this.parts.output.drop(drop);
  }

  /**
   * What every aggregation holds now: cleared, truncated and normalized as the script asked so far.
   * `again: false`: as they were read last.
   */
  aggregations({ again = true } = {}): AggregationEvent[] {
    if (again) this.#aggregations.expire();
    return this.#aggregations.all().map((state) => aggregationEvent(state, this.#printing));
  }

  /** After the last record: prints what was aggregated and never printed. */
  finish(): void {
    this.#aggregations.expire();
    const states = this.#aggregations.all().filter((state) => !state.printed);
    this.parts.output.finish(states, () => printRemaining(states, this.#printing), this.exitStatus);
  }

  #record(plan: RecordPlan, source: Source, offset: number, probe: ProbeImage, cpu: number): void {
    const actions: PlannedAction[] = [];
    for (const action of plan.actions) {
      const values: Value[] = [];
      for (const decode of action.decoders) values.push(decode(source, offset, probe));
      actions.push(new PlannedAction(action, values));
    }
    const record: ProbeRecord = {
      epid: plan.epid,
      clause: plan.epid - 1,
      probe,
      cpu,
      time: readInteger64(source.view, offset + 8, false),
      actions,
    };
    const { output } = this.parts;
    if (!plan.silent) output.begin(record);
    for (const action of actions) {
      const perform = performers[action.schema.action];
      if (perform) perform(this.#performing, record, action);
      else output.action(record, action);
    }
    if (!plan.silent) output.end(record);
  }

  #fault(view: DataView, at: number, probe: ProbeImage, cpu: number): void {
    const pc = view.getInt32(at + FAULT_RECORD.offset, true);
    this.parts.output.fault({
      epid: view.getUint32(at + FAULT_RECORD.epid, true),
      probe,
      cpu,
      kind: view.getUint32(at + FAULT_RECORD.kind, true),
      action: view.getUint32(at + FAULT_RECORD.action, true),
      offset: pc === -1 ? undefined : pc,
      address: view.getBigUint64(at + FAULT_RECORD.address, true),
    });
  }

  #sourceOf(view: DataView): Source {
    if (this.#source?.view !== view) this.#source = sourceOf(view);
    return this.#source;
  }
}

const unknownProbe: ProbeImage = { id: 0, provider: '', module: '', function: '', name: '' };
