/** Aggregations as text. */
import type { Conversion } from '../../language/printf-format.js';
import { converter, type Printing } from '../printf/conversions.js';
import type { AggregationText, FormatProgram } from '../printf/program.js';
import { keyText } from '../trace.js';
import { compact } from '../values.js';
import { bars, packed } from './compact.js';
import { histogram } from './histogram.js';
import { type JoinedRow, joinedRows } from './join.js';
import { aggregationNumber, isDistribution } from './numbers.js';
import { compare, rowOrder } from './sort.js';
import type { AggregationState } from './state.js';
import type { Words } from './words.js';

/** printa() without a format: keys in columns, then one column per aggregation. */
export function printDefault(states: readonly AggregationState[], printing: Printing): string {
  const [only] = states;
  if (states.length === 1 && only) return printOne(only, printing);
  return joinedRows(states, printing.options, printing.symbols)
    .map((row) => defaultRow(states, row, printing))
    .join('');
}

/** printa() with a format, once for each row. */
export function printFormatted(
  states: readonly AggregationState[],
  program: FormatProgram,
  printing: Printing,
): string {
  return joinedRows(states, printing.options, printing.symbols)
    .map(({ key, words }) => program(key, formattedValues(states, words, printing)))
    .join('');
}

/** What nothing has printed yet, one aggregation after the other. */
export function printRemaining(states: readonly AggregationState[], printing: Printing): string {
  const direction = printing.options.aggsortrev ? -1 : 1;
  return [...states]
    .filter((state) => !state.printed)
    .sort((left, right) => direction * compare(left.schema.id, right.schema.id))
    .map((state) => printOne(state, printing))
    .join('');
}

function printOne(state: AggregationState, printing: Printing): string {
  const { options } = printing;
  const rows = [...state.rows()].sort(rowOrder(state.schema, options));
  if (rows.length === 0) return '';
  const distribution = isDistribution(state.schema.function);
  if (options.aggpack && distribution) return packed(state, rows, printing);
  if (options.agghist && !distribution) return bars(state, rows, printing);
  return rows
    .map(({ key, words, cpus }) => defaultRow([state], { key, words: [words], cpus: [cpus] }, printing))
    .join('');
}

function defaultRow(states: readonly AggregationState[], row: JoinedRow, printing: Printing): string {
  const fields = states[0]!.schema.keys;
  let text = '';
  for (const [index, value] of row.key.entries()) text += keyText(fields[index]!, value, printing);
  for (const [index, state] of states.entries()) {
    text += valueColumn(state, row.words[index]!, printing);
    for (const [cpu, words] of (row.cpus?.[index] ?? []).entries()) {
      text += `\n    [CPU ${cpu}]${valueColumn(state, words, printing)}`;
    }
  }
  return `${text}\n`;
}

function valueColumn({ schema, normal }: AggregationState, words: Words, { options }: Printing): string {
  if (isDistribution(schema.function)) return histogram(schema, words, normal, options);
  return ` ${aggregationNumber(schema.function, words, normal).toString().padStart(16)}`;
}

/** Conversions with `@` take the aggregations in turn; when there are more of them, the last one again. */
function formattedValues(
  states: readonly AggregationState[],
  words: readonly Words[],
  printing: Printing,
): AggregationText {
  return (position, conversion: Conversion) => {
    const index = Math.min(position, states.length - 1);
    const { schema, normal } = states[index]!;
    if (isDistribution(schema.function)) {
      return histogram(schema, words[index]!, normal, printing.options);
    }
    const number = aggregationNumber(schema.function, words[index]!, normal);
    // `*` has no argument to take its width from in a printa().
    const width = typeof conversion.width === 'number' ? conversion.width : 0;
    const precision = typeof conversion.precision === 'number' ? conversion.precision : 0;
    const shape = { size: 8, signed: schema.function !== 'count' };
    return converter(conversion, shape, printing)(compact(number), width, precision);
  };
}
