/**
 * Tables as RFC 4180 has them. Records whose clause, and aggregations whose name, differs from the line before start a
 * new table: an empty line and a line of column names.
 */
import { aggregationEvent, eventValue } from '../events.js';
import type { AggregationEvent, EventValue } from '../events-types.js';
import { type OutputFormat, plainOutput } from '../output-format.js';
import type { ProbeRecord } from '../values.js';
import { plainText } from './plain-text.js';

type Cell = EventValue | undefined;

const SPECIAL = /[",\r\n]/;

function cell(value: Cell): string {
  const text = value === undefined ? '' : plainText(value);
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const line = (cells: readonly Cell[]): string => `${cells.map(cell).join(',')}\r\n`;

const numbered = (word: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${word}${index + 1}`);

function aggregationRows({ name, function: func, rows }: AggregationEvent): Cell[][] {
  return rows.flatMap(({ key, value, buckets }): Cell[][] =>
    buckets === undefined
      ? [[name, func, ...key, value]]
      : buckets.map(({ from, to, count }) => [name, func, ...key, from, to, count]),
  );
}

export const csv: OutputFormat = {
  name: 'csv',
  help: 'tables of values and of aggregations',
  create(context) {
    const { sink, symbols } = context;
    let pending = '';
    let table: string | undefined;
    const open = (key: string, columns: readonly string[]): void => {
      if (key === table) return;
      if (table !== undefined) pending += '\r\n';
      table = key;
      pending += line(columns);
    };
    const record = ({ probe, time, cpu, clause, actions }: ProbeRecord): void => {
      const values = actions.flatMap((action) => action.values.map((value) => eventValue(value, symbols)));
      if (values.length === 0 || actions.every(({ schema }) => schema.action === 'exit')) return;
      const names = ['time', 'cpu', 'provider', 'module', 'function', 'name'];
      open(`clause ${clause} ${values.length}`, [...names, ...numbered('value', values.length)]);
      pending += line([time, cpu, probe.provider, probe.module, probe.function, probe.name, ...values]);
    };
    const aggregation = (event: AggregationEvent): void => {
      const [first] = event.rows;
      if (first === undefined) return;
      const values = first.buckets === undefined ? ['value'] : ['from', 'to', 'count'];
      open(`@${event.name}`, ['aggregation', 'function', ...numbered('key', first.key.length), ...values]);
      for (const row of aggregationRows(event)) pending += line(row);
    };
    const flush = (): void => {
      if (pending !== '') sink.write(pending);
      pending = '';
    };
    return {
      ...plainOutput(context),
      end: record,
      aggregations(_record, states) {
        for (const state of states) aggregation(aggregationEvent(state, context));
      },
      finish(states) {
        for (const state of states) aggregation(aggregationEvent(state, context));
        flush();
      },
      flush,
      reopen(path) {
        flush();
        sink.reopen?.(path);
      },
      truncate() {
        flush();
        sink.truncate?.();
      },
    };
  },
};
