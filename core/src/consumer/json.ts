/**
 * One JSON object per line. The first line is `{"type":"format","version":1}`; each other line is an event of
 * `events-types.ts` with these differences, since JSON has neither large integers nor bytes:
 *
 * - an integer beyond ±(2^53 - 1) is a string of decimal digits;
 * - `address` is a string, hexadecimal with `0x`;
 * - bytes are `{"bytes": "<hexadecimal>"}`.
 *
 * Within version 1 members may be added, never removed or changed.
 */
import type { ProbeImage } from '../compiler/image.js';
import type { AggregationState } from './aggregation/state.js';
import { aggregationEvent, dropEvent, errorEvent, probeEvent } from './events.js';
import type { EventValue, ProbeEvent, TraceEvent } from './events-types.js';
import type { Drop, Fault } from './messages.js';
import type { Output, Sink } from './output.js';
import type { Printing } from './printf/conversions.js';
import type { ProbeRecord } from './values.js';

export const jsonVersion = 1;

const chunk = 0x1_0000;

export class JsonOutput implements Output {
  readonly #probes = new Map<ProbeImage, string>();
  #pending = `${JSON.stringify({ type: 'format', version: jsonVersion })}\n`;

  constructor(
    private readonly sink: Sink,
    private readonly printing: Printing,
    /** Also gets abandoned clauses, as lines to read. */
    private readonly complain?: (line: string) => void,
  ) {}

  begin(_record: ProbeRecord): void {}

  action(_record: ProbeRecord): void {}

  aggregations(_record: ProbeRecord, states: readonly AggregationState[]): void {
    for (const state of states) this.#write(aggregationEvent(state, this.printing));
  }

  end(record: ProbeRecord): void {
    this.#writeLine(this.#probeLine(probeEvent(record, this.printing.symbols)));
  }

  drop(drop: Drop): void {
    this.#write(dropEvent(drop));
  }

  fault(fault: Fault): void {
    const event = errorEvent(fault, this.printing);
    this.#write(event);
    this.complain?.(event.text);
  }

  finish(states: readonly AggregationState[], _text: () => string, status: number | undefined): void {
    for (const state of states) {
      if (state.rows().length > 0) this.#write(aggregationEvent(state, this.printing));
    }
    if (status !== undefined) this.#write({ type: 'exit', status });
    this.flush();
  }

  flush(): void {
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    this.sink.write(text);
  }

  /** The stream stays where it is: its reader expects one stream of events. */
  reopen(_path: string | undefined): void {}

  truncate(): void {}

  #write(event: TraceEvent): void {
    this.#writeLine(JSON.stringify(event, jsonMember));
  }

  #writeLine(line: string): void {
    this.#pending += `${line}\n`;
    if (this.#pending.length >= chunk) this.flush();
  }

  /** The same as for any event, written so that what is the same in every record is made once. */
  #probeLine({ time, cpu, probe, clause, actions }: ProbeEvent): string {
    let names = this.#probes.get(probe);
    if (names === undefined) {
      names = JSON.stringify(probe);
      this.#probes.set(probe, names);
    }
    const plain = actions.every(({ values }) => values.every(isPlain));
    const list = plain ? JSON.stringify(actions) : JSON.stringify(actions, jsonMember);
    const at = typeof time === 'bigint' ? `"${time}"` : time;
    return `{"type":"probe","time":${at},"cpu":${cpu},"probe":${names},"clause":${clause},"actions":${list}}`;
  }
}

/** Needs no `jsonMember`, which costs more than all the rest. */
function isPlain(value: EventValue): boolean {
  return typeof value === 'number' || typeof value === 'string';
}

/** A Buffer has become something else by the time it is `value`: what it was is looked up. */
function jsonMember(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return name === 'address' ? `0x${value.toString(16)}` : value.toString();
  const held = this[name];
  return held instanceof Uint8Array ? { bytes: Buffer.from(held).toString('hex') } : value;
}
