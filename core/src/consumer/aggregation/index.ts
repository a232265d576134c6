/** All aggregations of a run: read when asked for, printed when due. */
import type { AggregationSchema, ProbeImage } from '../../compiler/image.js';
import type { Printing } from '../printf/conversions.js';
import { rowOrder } from './sort.js';
import { type AggregationReader, AggregationState } from './state.js';

export class Aggregations {
  readonly states: readonly AggregationState[];
  readonly #fresh = new Set<AggregationState>();

  constructor(
    schemas: readonly AggregationSchema[],
    probes: ReadonlyMap<number, ProbeImage>,
    readonly printing: Printing,
    private readonly reader: AggregationReader,
    cpus: number,
  ) {
    const shares = printing.options.aggpercpu ? cpus : 0;
    this.states = schemas.map((schema) => new AggregationState(schema, probes, printing.symbols, shares));
  }

  /** From now on values are read again. Until then all actions see one state, as of the first that asked. */
  expire(): void {
    this.#fresh.clear();
  }

  current(indexes: readonly number[]): AggregationState[] {
    return indexes.map((index) => this.#read(this.states[index]!));
  }

  all(): readonly AggregationState[] {
    return this.states.map((state) => this.#read(state));
  }

  clear(index: number): void {
    this.#read(this.states[index]!).clear(this.reader);
  }

  /** Keeps the `kept` largest values, or the -`kept` smallest. */
  truncate(index: number, kept: number): void {
    const state = this.#read(this.states[index]!);
    const rows = [...state.rows()].sort(rowOrder(state.schema));
    if (kept >= 0) rows.reverse();
    state.remove(rows.slice(Math.abs(kept)), this.reader);
  }

  #read(state: AggregationState): AggregationState {
    if (!this.#fresh.has(state)) {
      state.refresh(this.reader);
      this.#fresh.add(state);
    }
    return state;
  }
}
