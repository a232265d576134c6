import type { BpfMap } from 'ebpf-napi';
import { CPU_DROPS, type DropKind, type StateLayout } from '../compiler/image.js';

/** What the `phase` word says to every program. */
export const Phase = { starting: 0, tracing: 1, stopping: 2 } as const;

const DROP_KINDS: readonly DropKind[] = [
  'principal',
  'aggregation',
  'dynamic',
  'nested',
  'speculation',
  'speculationBusy',
  'speculationUnavailable',
  'doubleError',
];

export interface DropCount {
  readonly kind: DropKind;
  readonly cpu?: number;
  readonly total: bigint;
}

/** The words that programs and session share, in memory mapped from the `state` map. */
export class SharedState {
  readonly #words: Int32Array;
  readonly #view: DataView;
  readonly #layout: StateLayout;

  constructor(map: BpfMap, layout: StateLayout) {
    const bytes = map.mmap();
    this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.byteLength / 4));
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#layout = layout;
  }

  get phase(): number {
    return Atomics.load(this.#words, this.#layout.phase / 4);
  }

  /** Lets the programs run, unless exit() was called before. Returns whether they run. */
  startTracing(): boolean {
    return (
      Atomics.compareExchange(this.#words, this.#layout.phase / 4, Phase.starting, Phase.tracing) ===
      Phase.starting
    );
  }

  get stopping(): boolean {
    return this.phase === Phase.stopping;
  }

  stopTracing(): void {
    Atomics.store(this.#words, this.#layout.phase / 4, Phase.stopping);
  }

  set wallOffset(nanoseconds: bigint) {
    this.#view.setBigInt64(this.#layout.wallOffset, nanoseconds, true);
  }

  set schedulerOffset(nanoseconds: bigint) {
    this.#view.setBigInt64(this.#layout.schedulerOffset, nanoseconds, true);
  }

  set target(pid: number) {
    this.#view.setUint32(this.#layout.target, pid, true);
  }

  /** A buffer that is filled once has no room left. */
  get filled(): boolean {
    return Atomics.load(this.#words, this.#layout.filled / 4) !== 0;
  }

  /** Counted since loading; what is told by CPU, once for each. */
  drops(): readonly DropCount[] {
    const count = (kind: DropKind, index: number) =>
      this.#view.getBigUint64(this.#layout.drops[kind] + 8 * index, true);
    return DROP_KINDS.flatMap((kind): DropCount[] =>
      CPU_DROPS.has(kind)
        ? Array.from({ length: this.#layout.cpus }, (_, cpu) => ({ kind, cpu, total: count(kind, cpu) }))
        : [{ kind, total: count(kind, 0) }],
    );
  }
}
