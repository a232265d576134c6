/**
 * Heat maps: values over time, darker where there were more. From distributions that are printed again and again, or
 * from records that each carry a number.
 */
import { aggregationEvent } from '../events.js';
import type { EventBucket } from '../events-types.js';
import { type OutputFormat, plainOutput } from '../output-format.js';
import { isInteger, type ProbeRecord } from '../values.js';
import { escapeXml, svgPage } from './svg.js';

/** So many values from `from` on, somewhere between two moments. */
export interface HeatCell {
  /** Nanoseconds, of any clock. */
  readonly time: number;
  readonly from: number;
  readonly count: number;
}

const WIDTH = 1200;
const HEIGHT = 480;
const LEFT = 90;
const RIGHT = 20;
const TOP = 40;
const BOTTOM = 50;
const COLUMNS = 120;
const SECOND = 1e9;
/** Steps of a record's value to one doubling. */
const STEPS = 4;

const stepOf = (value: number): number => (value < 1 ? 0 : Math.floor(Math.log2(value) * STEPS) + 1);
const stepStart = (step: number): number => (step === 0 ? 0 : 2 ** ((step - 1) / STEPS));

const UNITS: readonly (readonly [size: number, name: string])[] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
];

function valueText(value: number, unit: string): string {
  if (unit !== 'ns') return `${Math.round(value)}${unit === '' ? '' : ` ${unit}`}`;
  const [size, name] = UNITS.find(([least]) => value >= least) ?? [1, 'ns'];
  return `${Number((value / size).toPrecision(3))} ${name}`;
}

/** Nothing is white; the rest goes from pale to dark by the logarithm of its count. */
function shade(count: number, most: number): string {
  const share = Math.log1p(count) / Math.log1p(most);
  return `hsl(${45 - 45 * share},90%,${92 - 57 * share}%)`;
}

export function heatMapPage(cells: readonly HeatCell[], title: string, unit = 'ns'): string {
  if (cells.length === 0) return svgPage(WIDTH, HEIGHT, title, '');
  const times = cells.reduce(
    ({ first, last }, { time }) => ({ first: Math.min(first, time), last: Math.max(last, time) }),
    { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY },
  );
  const distinct = new Set(cells.map(({ time }) => time)).size;
  const columns = Math.min(COLUMNS, distinct);
  const span = Math.max(1, times.last - times.first);
  const columnOf = (time: number) =>
    columns === 1 ? 0 : Math.round(((time - times.first) / span) * (columns - 1));
  const rows = [...new Set(cells.map(({ from }) => from))].sort((a, b) => a - b);
  const rowOf = new Map(rows.map((from, index) => [from, index]));
  const counts = new Map<number, number>();
  for (const { time, from, count } of cells) {
    const at = columnOf(time) * rows.length + rowOf.get(from)!;
    counts.set(at, (counts.get(at) ?? 0) + count);
  }
  const most = [...counts.values()].reduce((a, b) => Math.max(a, b), 1);
  const width = (WIDTH - LEFT - RIGHT) / columns;
  const height = (HEIGHT - TOP - BOTTOM) / rows.length;
  const seconds = (column: number) =>
    `${((span / SECOND) * (columns === 1 ? 0 : column / (columns - 1))).toFixed(1)} s`;
  let body = '';
  for (const [at, count] of counts) {
    const column = Math.floor(at / rows.length);
    const row = at % rows.length;
    const x = (LEFT + column * width).toFixed(1);
    const y = (HEIGHT - BOTTOM - (row + 1) * height).toFixed(1);
    const told = `${seconds(column)}, from ${valueText(rows[row]!, unit)}: ${count}`;
    body += `<rect x="${x}" y="${y}" width="${(width + 0.2).toFixed(1)}" height="${(height + 0.2).toFixed(1)}" fill="${shade(count, most)}"><title>${escapeXml(told)}</title></rect>\n`;
  }
  const every = Math.max(1, Math.ceil(rows.length / 16));
  rows.forEach((from, row) => {
    if (row % every !== 0) return;
    const y = (HEIGHT - BOTTOM - row * height).toFixed(1);
    body += `<text x="${LEFT - 8}" y="${y}" text-anchor="end">${escapeXml(valueText(from, unit))}</text>\n`;
  });
  for (let column = 0; column < columns; column += Math.max(1, Math.ceil(columns / 10)))
    body += `<text x="${(LEFT + column * width).toFixed(1)}" y="${HEIGHT - BOTTOM + 18}">${seconds(column)}</text>\n`;
  return svgPage(WIDTH, HEIGHT, title, body);
}

type Counts = ReadonlyMap<number, number>;

const countsOf = (buckets: readonly EventBucket[] = []): Counts =>
  new Map(buckets.map(({ from, to, count }) => [Number(from ?? to), Number(count)]));

/** What came since the last printing; a distribution that was cleared meanwhile starts from nothing. */
function since(now: Counts, before: Counts): Counts {
  const grown = [...before].every(([from, count]) => (now.get(from) ?? 0) >= count);
  return grown ? new Map([...now].map(([from, count]) => [from, count - (before.get(from) ?? 0)])) : now;
}

const add = (sum: Map<number, number>, counts: Counts): void => {
  for (const [from, count] of counts) sum.set(from, (sum.get(from) ?? 0) + count);
};

export const heatMap: OutputFormat = {
  name: 'heatmap',
  help: 'values over time as a picture (SVG): distributions printed by printa(), or numbers traced',
  parameters: { title: 'the heading', unit: 'what values are in (default ns)' },
  create(context) {
    const { sink, parameters, complain } = context;
    const cells: HeatCell[] = [];
    const recorded = new Map<string, HeatCell & { count: number }>();
    const before = new Map<string, Counts>();
    return {
      ...plainOutput(context),
      end({ time, actions }: ProbeRecord) {
        const value = actions.flatMap(({ values }) => values).find(isInteger);
        if (value === undefined || actions.some(({ schema }) => schema.action === 'exit')) return;
        const step = stepOf(Number(value));
        // Millions of records stay a few thousand cells.
        const moment = Math.floor(Number(time) / (SECOND / 20)) * (SECOND / 20);
        const known = recorded.get(`${moment} ${step}`);
        if (known === undefined)
          recorded.set(`${moment} ${step}`, { time: moment, from: stepStart(step), count: 1 });
        else known.count++;
      },
      aggregations({ time }, states) {
        for (const state of states) {
          const { name, rows } = aggregationEvent(state, context);
          const sum = new Map<number, number>();
          for (const { buckets } of rows) add(sum, countsOf(buckets));
          for (const [from, count] of since(sum, before.get(name) ?? new Map()))
            if (count > 0) cells.push({ time: Number(time), from, count });
          before.set(name, sum);
        }
      },
      finish() {
        const all = cells.length > 0 ? cells : [...recorded.values()];
        if (all.length === 0)
          complain(
            'nothing for a heat map: print a distribution with printa() at every tick, or trace numbers',
          );
        sink.write(heatMapPage(all, parameters.get('title') ?? 'Heat map', parameters.get('unit')));
      },
    };
  },
};
