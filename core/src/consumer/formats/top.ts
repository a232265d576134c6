/** Aggregations on a screen of their own, drawn again and again: the largest first. */
import { parseRate } from '../../language/option-values.js';
import type { AggregationEvent, EventRow, EventValue } from '../events-types.js';
import { dropText, faultMessage } from '../messages.js';
import { type OutputFormat, OutputFormatError, plainOutput, type Terminal } from '../output-format.js';
import { bold, dim, inverse } from './colours.js';
import { plainText } from './plain-text.js';

const SPARKS = [...'▁▂▃▄▅▆▇█'];
const MILLISECOND = 1_000_000n;

const keyText = (value: EventValue): string => plainText(value, ([inner = '']) => inner);

const total = ({ buckets = [] }: EventRow): number =>
  buckets.reduce((sum, { count }) => sum + Number(count), 0);

const size = (row: EventRow): number => (row.buckets === undefined ? Number(row.value) : total(row));

/** The start of the bucket below whose end that share of all values lies. */
function quantile(row: EventRow, share: number): string {
  let left = total(row) * share;
  for (const { from, to, count } of row.buckets ?? []) {
    left -= Number(count);
    if (left <= 0) return String(from ?? to);
  }
  return '';
}

function sparks({ buckets = [] }: EventRow): string {
  const most = Math.max(1, ...buckets.map(({ count }) => Number(count)));
  return buckets
    .map(({ count }) => SPARKS[Math.ceil((Number(count) / most) * SPARKS.length) - 1] ?? ' ')
    .join('');
}

interface Table {
  readonly heads: readonly string[];
  readonly lines: readonly (readonly string[])[];
  /** How many of the columns, from the left, are keys. */
  readonly keys: number;
}

function tableOf({ rows, function: func }: AggregationEvent): Table {
  const sorted = [...rows].sort((a, b) => size(b) - size(a));
  const keys = Math.max(0, ...rows.map(({ key }) => key.length));
  const distribution = rows.some(({ buckets }) => buckets !== undefined);
  const heads = [
    ...Array<string>(keys).fill(''),
    ...(distribution ? ['COUNT', 'P50', 'P90', 'P99', ''] : [func.toUpperCase()]),
  ];
  const lines = sorted.map((row) => [
    ...row.key.map(keyText),
    ...(distribution
      ? [String(total(row)), quantile(row, 0.5), quantile(row, 0.9), quantile(row, 0.99), sparks(row)]
      : [String(row.value)]),
  ]);
  return { heads, lines, keys };
}

function drawTable(name: string, table: Table, columns: number, rows: number): string[] {
  const { heads, lines, keys } = table;
  const shown = lines.slice(0, Math.max(0, rows - 1));
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...shown.map((line) => (line[column] ?? '').length)),
  );
  // Keys, and the sparks behind everything.
  const isText = (column: number) => column < keys || heads[column] === '';
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .slice(0, columns);
  const head = line(heads.map((text, column) => (column === 0 && keys > 0 ? `@${name}` : text)));
  return [bold(head), ...shown.map(line)];
}

/** A whole screen: a status line, then every aggregation that holds something, each with its share of the rows. */
export function topScreen(
  events: readonly AggregationEvent[],
  { columns, rows }: Pick<Terminal, 'columns' | 'rows'>,
  status: string,
): string[] {
  const filled = events.filter((event) => event.rows.length > 0);
  const share = Math.floor((rows - 1 - filled.length) / Math.max(1, filled.length));
  const screen = [inverse(status.slice(0, columns).padEnd(columns))];
  if (filled.length === 0) return [...screen, '', dim('nothing aggregated yet')];
  for (const event of filled) screen.push('', ...drawTable(event.name, tableOf(event), columns, share));
  return screen.slice(0, rows);
}

export const top: OutputFormat = {
  name: 'top',
  help: 'aggregations on a screen of their own, redrawn; q ends it',
  parameters: { every: 'time between two drawings (default 1s)' },
  create(context) {
    const { terminal, parameters, options } = context;
    if (terminal === undefined) throw new OutputFormatError('format top needs a terminal to draw on');
    const every = parseRate(parameters.get('every') ?? '1s');
    if (every === undefined)
      throw new OutputFormatError(`format top: every=${parameters.get('every')} is no time`);
    const screen = terminal.openScreen();
    let news = '';
    const draw = (): void => {
      const at = new Date().toTimeString().slice(0, 8);
      screen.draw(topScreen(context.aggregations(), terminal, ` dtrace  ${at}  q: quit  ${news}`));
    };
    screen.onKey((key) => {
      if (key === 'q' || key === '\x03') context.stop();
      else draw();
    });
    const timer = setInterval(draw, Number(every / MILLISECOND));
    return {
      ...plainOutput(context),
      drop(drop) {
        news = dropText(drop);
      },
      fault(fault) {
        news = faultMessage(fault, options.faults);
      },
      finish() {
        clearInterval(timer);
        screen.close();
        // What stood there last stays readable.
        const [, ...lines] = topScreen(context.aggregations(), terminal, '');
        context.sink.write(`${lines.join('\n')}\n`);
      },
    };
  },
};
