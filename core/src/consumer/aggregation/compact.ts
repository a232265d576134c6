/** The compact forms: agghist draws plain values as bars, aggpack puts a distribution into one line. */
import type { ConsumerOptions } from '../options.js';
import type { Printing } from '../printf/conversions.js';
import { keyText } from '../trace.js';
import { distributionOf, shownBuckets } from './buckets.js';
import { bar, histogramHeader, scaleOf } from './histogram.js';
import { aggregationNumber } from './numbers.js';
import type { AggregationRow, AggregationState } from './state.js';

export function bars(state: AggregationState, rows: readonly AggregationRow[], printing: Printing): string {
  const { schema, normal } = state;
  const values = rows.map(({ words }) => aggregationNumber(schema.function, words, 1n));
  const scale = scaleOf(values, printing.options.aggzoom);
  const { names, width } = rowNames(state, rows, printing, 16);
  const lines = values.map(
    (value, index) =>
      `${names[index]!.padStart(width)} ${bar(value, scale, normal, printing.options.encoding)}\n`,
  );
  return histogramHeader('key', width) + lines.join('');
}

/** From nothing to everything of the row's total. */
const levels = { ascii: '__xxxxXX', utf8: '▁▂▃▄▅▆▇█' } as const;
const negativeLevels = 'vvvvVV';

export function packed(state: AggregationState, rows: readonly AggregationRow[], printing: Printing): string {
  const distribution = distributionOf(state.schema);
  // All rows share the buckets of the widest, so that they can be compared.
  const shown = rows.map(({ words }) => shownBuckets(distribution, words));
  const first = Math.min(...shown.map(([low]) => low));
  const last = Math.max(...shown.map(([, high]) => high));
  const low = distribution.label(first, first).replace(' ', '');
  const high = distribution.label(last, first).replace(' ', '');
  const { names, width } = rowNames(state, rows, printing, state.schema.keys.length > 0 ? 'key'.length : 0);
  const lowWidth = Math.max(low.length, 'min'.length);
  const highWidth = Math.max(high.length, 'max'.length);
  const name = (text: string): string => (width > 0 ? `${text.padStart(width)} ` : ' ');
  const rule = '-'.repeat(last - first + 1);
  let text = `\n${name('key')}${'min'.padStart(lowWidth)} .${rule}. ${'max'.padEnd(highWidth)} | count\n`;
  for (const [index, { words }] of rows.entries()) {
    const counts = words.subarray(first + 1, last + 2);
    const { total } = scaleOf(counts, printing.options.aggzoom);
    let all = 0n;
    let cells = '';
    for (const count of counts) {
      all += count;
      cells += cell(Number(count), total, printing.options.encoding);
    }
    text += `${name(names[index]!)}${low.padStart(lowWidth)} :${cells}: ${high.padEnd(highWidth)} | ${all}\n`;
  }
  return text;
}

function cell(count: number, total: number, encoding: ConsumerOptions['encoding']): string {
  if (count === 0 || total === 0) return ' ';
  const marks = count < 0 ? negativeLevels : levels[encoding];
  const level = Math.floor((Math.abs(count) * (marks.length - 1)) / total + 0.5);
  return marks[Math.min(level, marks.length - 1)]!;
}

function rowNames(
  { schema }: AggregationState,
  rows: readonly AggregationRow[],
  printing: Printing,
  least: number,
): { readonly names: readonly string[]; readonly width: number } {
  const name = ({ key }: AggregationRow): string =>
    key.map((value, index) => keyText(schema.keys[index]!, value, printing).trim()).join(' ');
  const names = rows.map(name);
  return { names, width: Math.max(least, ...names.map((text) => text.length)) };
}
