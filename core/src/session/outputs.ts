import { aggregationEvent, dropEvent, errorEvent, probeEvent } from '../consumer/events.js';
import type { AggregationEvent, DropEvent, ErrorEvent, ProbeEvent } from '../consumer/events-types.js';
import type { Output } from '../consumer/output.js';
import type { Printing } from '../consumer/printf/conversions.js';
import type { ProbeRecord } from '../consumer/values.js';

/** Where events go; what nobody wants is not made. */
export interface EventSink {
  readonly wantsRecords: boolean;
  readonly wantsAggregations: boolean;
  record(event: ProbeEvent): void;
  aggregations(events: readonly AggregationEvent[]): void;
  drop(event: DropEvent): void;
  fault(event: ErrorEvent): void;
}

/** Turns what the consumer tells into events. */
export function eventOutput(sink: EventSink, printing: Printing): Output {
  return {
    begin() {},
    action() {},
    aggregations(_record, states) {
      if (sink.wantsAggregations) sink.aggregations(states.map((state) => aggregationEvent(state, printing)));
    },
    end(record: ProbeRecord) {
      if (sink.wantsRecords) sink.record(probeEvent(record, printing.symbols));
    },
    drop(drop) {
      sink.drop(dropEvent(drop));
    },
    fault(fault) {
      sink.fault(errorEvent(fault, printing));
    },
    finish(states) {
      if (!sink.wantsAggregations) return;
      const filled = states.filter((state) => state.rows().length > 0);
      if (filled.length > 0) sink.aggregations(filled.map((state) => aggregationEvent(state, printing)));
    },
    flush() {},
    reopen() {},
    truncate() {},
  };
}

/** Tells several outputs the same. */
export function teeOutput(outputs: readonly Output[]): Output {
  return {
    begin(record) {
      for (const output of outputs) output.begin(record);
    },
    action(record, action) {
      for (const output of outputs) output.action(record, action);
    },
    aggregations(record, states, text) {
      for (const output of outputs) output.aggregations(record, states, text);
    },
    end(record) {
      for (const output of outputs) output.end(record);
    },
    drop(drop) {
      for (const output of outputs) output.drop(drop);
    },
    fault(fault) {
      for (const output of outputs) output.fault(fault);
    },
    finish(states, text, status) {
      for (const output of outputs) output.finish(states, text, status);
    },
    flush() {
      for (const output of outputs) output.flush();
    },
    reopen(path) {
      for (const output of outputs) output.reopen(path);
    },
    truncate() {
      for (const output of outputs) output.truncate();
    },
  };
}
