/** The state a generated program computes with, and what it records. */
import type { Bytes } from './strings.js';

export type ModelValue = bigint | Bytes;

export class Machine {
  /** Of strings undefined is NULL; unset they are empty, or (thread-local ones) NULL. */
  readonly variables = new Map<string, ModelValue | undefined>();
  readonly arrays = new Map<string, Map<string, ModelValue>>();
  readonly aggregations = new Map<string, Map<string, bigint[]>>();
  readonly records: ModelValue[][] = [];
  readonly faults: number[] = [];
  /** Data of the clause that runs, recorded at its end. */
  pending: ModelValue[] = [];

  array(name: string): Map<string, ModelValue> {
    let found = this.arrays.get(name);
    if (!found) {
      found = new Map();
      this.arrays.set(name, found);
    }
    return found;
  }

  aggregate(name: string, key: string, value: bigint): void {
    const rows = this.aggregations.get(name) ?? new Map<string, bigint[]>();
    this.aggregations.set(name, rows);
    rows.set(key, [...(rows.get(key) ?? []), value]);
  }
}

/** Ends the clause: DTrace's number of the fault does not matter, that there is one does. */
export class ClauseFault extends Error {}

/** Statements one after the other where what is recorded makes a record of its own for each. */
export function runBlock(m: Machine, statements: readonly { run(m: Machine): void }[]): void {
  const outer = m.pending;
  try {
    for (const statement of statements) {
      m.pending = [];
      statement.run(m);
      if (m.pending.length > 0) m.records.push(m.pending);
    }
  } finally {
    m.pending = outer;
  }
}

export const keyText = (values: readonly ModelValue[]): string =>
  JSON.stringify(values.map((value) => (typeof value === 'bigint' ? `${value}` : value.toString('hex'))));
