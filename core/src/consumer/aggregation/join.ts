/** Several aggregations printed side by side: one row per key that any of them has. */
import type { SymbolResolver } from '../symbols.js';
import type { Value } from '../values.js';
import { keyIdentity } from './keys.js';
import { type Compare, keyOrder, type SortOptions, valueOrder } from './sort.js';
import type { AggregationState } from './state.js';
import type { Words } from './words.js';

export interface JoinedRow {
  readonly key: readonly Value[];
  /** One per aggregation, zeros where it does not have the key. */
  readonly words: readonly Words[];
  /** What each CPU has of one aggregation, where that is asked for. */
  readonly cpus?: readonly (readonly Words[] | undefined)[];
}

/** All of one signature of keys; the same aggregation may stand several times. */
export function joinedRows(
  states: readonly AggregationState[],
  options: SortOptions,
  symbols: SymbolResolver,
): JoinedRow[] {
  const rows = new Map<
    string,
    { key: readonly Value[]; words: Words[]; cpus: (readonly Words[] | undefined)[] }
  >();
  const zeros = states.map((state) => state.zero());
  for (const [position, state] of states.entries()) {
    for (const { key, words, cpus } of state.rows()) {
      const identity = keyIdentity(key, symbols);
      let row = rows.get(identity);
      if (!row) {
        row = { key, words: [...zeros], cpus: [] };
        rows.set(identity, row);
      }
      row.words[position] = words;
      row.cpus[position] = cpus;
    }
  }
  return [...rows.values()].sort(joinedOrder(states, options));
}

function joinedOrder(states: readonly AggregationState[], options: SortOptions): Compare<JoinedRow> {
  const keys = keyOrder(states[0]?.schema.keys ?? [], options.aggsortkeypos);
  const first = options.aggsortpos < states.length ? options.aggsortpos : 0;
  const values = states.map((_, index) => {
    const position = (first + index) % states.length;
    return { position, order: valueOrder(states[position]!.schema) };
  });
  const byValue: Compare<JoinedRow> = (left, right) => {
    for (const { position, order } of values) {
      const result = order(left.words[position]!, right.words[position]!);
      if (result !== 0) return result;
    }
    return 0;
  };
  const order: Compare<JoinedRow> = options.aggsortkey
    ? (left, right) => keys(left.key, right.key) || byValue(left, right)
    : (left, right) => byValue(left, right) || keys(left.key, right.key);
  return options.aggsortrev ? (left, right) => order(right, left) : order;
}
