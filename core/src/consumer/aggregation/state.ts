/**
 * One aggregation as the consumer knows it. The kernel's values only grow; clear() is remembered as a baseline to
 * subtract, so that no update between reading and clearing is lost.
 */
import type { AggregationSchema, ProbeImage } from '../../compiler/image.js';
import type { SymbolResolver } from '../symbols.js';
import type { Value } from '../values.js';
import { type KeyDecoder, keyDecoder, keyIdentity, keysMerge } from './keys.js';
import { type WordArithmetic, type Words, wordArithmetic } from './words.js';

/** Access to the kernel's side of aggregations; the session implements it. */
export interface AggregationReader {
  /** Calls `each` for every key and CPU. The arrays are only valid during the call; unused CPUs may be left out. */
  read(
    schema: AggregationSchema,
    each: (key: Uint8Array, words: BigInt64Array<ArrayBufferLike>, cpu: number) => void,
  ): void;
  /** Deletes the given keys, or all; an aggregation without keys is set to zero. */
  forget(schema: AggregationSchema, keys?: readonly Uint8Array[]): void;
}

export interface AggregationRow {
  readonly key: readonly Value[];
  readonly words: Words;
  /** What every CPU has of them, where that is asked for. */
  readonly cpus?: readonly Words[];
}

/** One key as the kernel has it. */
interface KernelKey {
  readonly bytes: Uint8Array;
  readonly total: Words;
  baseline?: Words;
  row?: Row;
  readonly parts: CpuPart[];
}

/** One CPU's share of a key. */
interface CpuPart {
  readonly total: Words;
  baseline?: Words;
}

interface Row {
  readonly identity: string;
  readonly key: readonly Value[];
  words: Words;
  cpus: Words[];
}

export class AggregationState {
  /** What values are divided by when printed. */
  normal = 1n;
  /** Printed by a printa(), and so not again at the end. */
  printed = false;
  /** clear() cannot be done by subtraction: minima and maxima do not say what they were without earlier values. */
  readonly needsReset: boolean;
  readonly #arithmetic: WordArithmetic;
  readonly #decode: KeyDecoder;
  readonly #merges: boolean;
  readonly #kernel = new Map<string, KernelKey>();
  readonly #rows = new Map<string, Row>();

  constructor(
    readonly schema: AggregationSchema,
    probes: ReadonlyMap<number, ProbeImage>,
    private readonly symbols: SymbolResolver,
    /** Number of CPUs whose shares are kept; 0: only sums are wanted. */
    private readonly cpus: number,
  ) {
    this.#arithmetic = wordArithmetic(schema);
    this.needsReset = this.#arithmetic.subtract === undefined;
    this.#decode = keyDecoder(schema, probes, symbols);
    this.#merges = keysMerge(schema.keys);
  }

  rows(): readonly AggregationRow[] {
    return [...this.#rows.values()];
  }

  /** Words for a key this aggregation has not seen, in a row of several aggregations. */
  zero(): Words {
    return new BigInt64Array(this.#arithmetic.size);
  }

  refresh(reader: AggregationReader): void {
    for (const key of this.#kernel.values()) {
      key.total.fill(0n);
      for (const { total } of key.parts) total.fill(0n);
    }
    reader.read(this.schema, (bytes, words, cpu) => {
      const id = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
      let key = this.#kernel.get(id);
      if (!key) {
        key = { bytes: Uint8Array.from(bytes), total: this.zero(), parts: this.#zeros() };
        this.#kernel.set(id, key);
      }
      this.#arithmetic.merge(key.total, words);
      const part = key.parts[cpu];
      if (part !== undefined) this.#arithmetic.merge(part.total, words);
    });
    for (const row of this.#rows.values()) this.#empty(row);
    for (const [id, key] of this.#kernel) this.#addToRow(id, key);
  }

  clear(reader: AggregationReader): void {
    if (this.needsReset) {
      reader.forget(this.schema);
      this.#kernel.clear();
    } else {
      for (const key of this.#kernel.values()) {
        key.baseline = key.total.slice();
        for (const part of key.parts) part.baseline = part.total.slice();
      }
    }
    for (const row of this.#rows.values()) this.#empty(row);
  }

  #zeros(): CpuPart[] {
    return Array.from({ length: this.cpus }, () => ({ total: this.zero() }));
  }

  #empty(row: Row): void {
    row.words = this.#arithmetic.empty();
    row.cpus = Array.from({ length: this.cpus }, () => this.#arithmetic.empty());
  }

  /** Removes rows and their keys. */
  remove(rows: readonly AggregationRow[], reader: AggregationReader): void {
    const removed = new Set(rows);
    if (removed.size === 0) return;
    const keys: Uint8Array[] = [];
    for (const [id, key] of this.#kernel) {
      if (!key.row || !removed.has(key.row)) continue;
      keys.push(key.bytes);
      this.#kernel.delete(id);
    }
    for (const [identity, row] of this.#rows) if (removed.has(row)) this.#rows.delete(identity);
    reader.forget(this.schema, keys);
  }

  #addToRow(id: string, key: KernelKey): void {
    if (!key.row) {
      // A key without updates is a per-CPU slot nothing was counted in yet.
      if (key.total[0] === 0n) return;
      key.row = this.#rowFor(id, key.bytes);
    }
    this.#addSince(key.row.words, key);
    for (const [cpu, part] of key.parts.entries()) this.#addSince(key.row.cpus[cpu]!, part);
  }

  /** What was counted since the last clear(). */
  #addSince(words: Words, { total, baseline }: CpuPart): void {
    if (baseline && this.#arithmetic.subtract) this.#arithmetic.subtract(total, baseline);
    this.#arithmetic.merge(words, total);
    if (baseline) this.#arithmetic.merge(total, baseline);
  }

  #rowFor(id: string, bytes: Uint8Array): Row {
    const key = this.#decode(bytes);
    const identity = this.#merges ? keyIdentity(key, this.symbols) : id;
    let row = this.#rows.get(identity);
    if (!row) {
      row = { identity, key, words: this.zero(), cpus: [] };
      this.#empty(row);
      this.#rows.set(identity, row);
    }
    return row;
  }
}
