/** Records as objects whose members the caller names: checked against the program before anything runs. */
import type { Field, TraceImage } from '../compiler/image.js';
import type { EventValue, ProbeEvent } from '../consumer/events-types.js';

type Stack = Extract<EventValue, { readonly frames: unknown }>;
type Address = Extract<EventValue, { readonly address: unknown }>;

/** What each kind of column is in a row. A `number` beyond 2^53 is rounded, a `bigint` never is. */
export interface ColumnTypes {
  readonly string: string;
  readonly number: number;
  readonly bigint: bigint;
  readonly bytes: Uint8Array;
  readonly stack: Stack;
  readonly address: Address;
}

export type ColumnKind = keyof ColumnTypes;
export type Columns = Readonly<Record<string, ColumnKind>>;
export type Row<C extends Columns> = { readonly [K in keyof C]: ColumnTypes[C[K]] };

export class ColumnError extends Error {
  override readonly name = 'ColumnError';
}

const INTEGERS: readonly ColumnKind[] = ['number', 'bigint'];

function kindsOf(field: Field): readonly ColumnKind[] {
  switch (field.kind) {
    case 'integer': {
      const symbolic =
        field.display === 'symbol' || field.display === 'function' || field.display === 'module';
      return symbolic ? ['address'] : INTEGERS;
    }
    case 'string':
    case 'long-string':
    case 'probe':
      return ['string'];
    case 'bytes':
      return ['bytes'];
    case 'stack':
    case 'ustack':
      return ['stack'];
    case 'user-symbol':
      return ['address'];
  }
}

const convert: Partial<Record<ColumnKind, (value: EventValue) => unknown>> = {
  number: Number,
  bigint: (value) => BigInt(value as number | bigint),
};

/** Clauses that record values, by their position. exit() records its status, which is no value of the script's. */
export function valueFields(image: TraceImage): ReadonlyMap<number, readonly Field[]> {
  const found = new Map<number, readonly Field[]>();
  for (const [clause, { actions }] of image.records.entries()) {
    const fields = actions.filter(({ action }) => action !== 'exit').flatMap((action) => action.fields);
    if (fields.length > 0) found.set(clause, fields);
  }
  return found;
}

/** Throws a `ColumnError` where a clause that records values records others than these. */
export function rowReader<C extends Columns>(
  image: TraceImage,
  columns: C,
): (event: ProbeEvent) => Row<C> | undefined {
  const wanted = Object.entries(columns);
  const clauses = valueFields(image);
  for (const [clause, fields] of clauses) {
    const { description } = image.records[clause]!;
    if (fields.length !== wanted.length)
      throw new ColumnError(`${description} records ${fields.length} values, not ${wanted.length}`);
    for (const [index, [name, kind]] of wanted.entries()) {
      const kinds = kindsOf(fields[index]!);
      if (!kinds.includes(kind))
        throw new ColumnError(`${name}: ${description} records ${kinds.join(' or ')} there, not ${kind}`);
    }
  }
  return ({ clause, actions }) => {
    if (!clauses.has(clause)) return undefined;
    const values = actions.filter(({ action }) => action !== 'exit').flatMap((action) => action.values);
    const row: Record<string, unknown> = {};
    for (const [index, [name, kind]] of wanted.entries()) {
      const value = values[index]!;
      row[name] = convert[kind]?.(value) ?? value;
    }
    return row as Row<C>;
  };
}
