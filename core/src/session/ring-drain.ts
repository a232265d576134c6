import type { BpfMap } from 'ebpf-napi';
import { RingBufferReader } from 'ebpf-napi';
import { type Deliver, mergeBatches, RingBatch } from '../consumer/merge.js';

const FIRST_SIZE = 64 * 1024;
const TIME_OFFSET = 8;
/** A record's time is taken when its program starts; it must have arrived by so many nanoseconds later. */
const SETTLING = 1_000_000;
const BUSY_SHARE = 0.25;

/** Copies of one ring's records that wait until nothing earlier can come from another ring. */
class HeldRecords {
  readonly batch: RingBatch;
  #bytes = Buffer.alloc(0);
  #used = 0;

  constructor(cpu: number) {
    this.batch = new RingBatch(new DataView(this.#bytes.buffer), cpu);
  }

  add(from: Buffer, offset: number, length: number): void {
    const at = (this.#used + 7) & ~7;
    if (at + length > this.#bytes.length) this.#grow(at + length);
    from.copy(this.#bytes, at, offset, offset + length);
    this.#used = at + length;
    this.batch.push(at, length);
  }

  /** Drops what was delivered. The rest is little and moves to the front. */
  compact(): void {
    const { batch } = this;
    const { delivered, count, offsets, lengths } = batch;
    if (delivered === 0) return;
    const kept: { readonly at: number; readonly length: number }[] = [];
    for (let i = delivered; i < count; i++)
      kept.push({ at: offsets[i] as number, length: lengths[i] as number });
    batch.clear();
    this.#used = 0;
    for (const { at, length } of kept) this.add(this.#bytes, at, length);
  }

  #grow(needed: number): void {
    const bytes = Buffer.from(new ArrayBuffer(Math.max(FIRST_SIZE, this.#bytes.length * 2, needed)));
    this.#bytes.copy(bytes, 0, 0, this.#used);
    this.#bytes = bytes;
    this.batch.view = new DataView(bytes.buffer);
  }
}

/**
 * Empties the rings of all CPUs and delivers their records in order of time. Records that another CPU may still
 * precede are held until the next drain; where one ring has all there is, records are not copied.
 */
export class RingDrain {
  readonly #reader: RingBufferReader;
  readonly #held: readonly HeldRecords[];
  readonly #size: number;
  /** The same mapping as the callback's bytes, as a Buffer, per ring. */
  readonly #buffers: { readonly of: Uint8Array; readonly buffer: Buffer }[] = [];

  constructor(
    rings: readonly BpfMap[],
    /** Takes a record at once, whatever its turn, if it returns true. */
    private readonly take: (view: DataView, offset: number) => boolean,
  ) {
    this.#reader = new RingBufferReader(rings);
    this.#held = rings.map((_, cpu) => new HeldRecords(cpu));
    this.#size = rings[0]?.maxEntries ?? 0;
  }

  /** Called when a program asks for attention: a ring is half full, or exit() was called. */
  onWake(callback: () => void): void {
    this.#reader.onWake(callback);
  }

  /** Some ring is filling up faster than it is emptied. */
  get busy(): boolean {
    return this.#held.some((_, cpu) => this.#reader.pending(cpu) > this.#size * BUSY_SHARE);
  }

  /** Records are waiting for a later drain. */
  get holding(): boolean {
    return this.#held.some(({ batch }) => batch.count > 0);
  }

  /** Delivers what is certain to be next; `all`: everything there is. Returns the number of records read. */
  drain(deliver: Deliver, all = false): number {
    const horizon = all ? Number.POSITIVE_INFINITY : Number(process.hrtime.bigint()) - SETTLING;
    const filled = this.#held.flatMap((_, cpu) => (this.#reader.pending(cpu) > 0 ? [cpu] : []));
    if (filled.length === 0 && !this.holding) return 0;
    const [only] = filled;
    if (filled.length === 1 && only !== undefined && !this.holding)
      return this.#drainOne(only, horizon, deliver);
    let count = 0;
    for (const cpu of filled) count += this.#hold(cpu);
    this.#deliverHeld(horizon, deliver);
    return count;
  }

  close(): void {
    this.#reader.close();
  }

  #deliverHeld(horizon: number, deliver: Deliver): void {
    const batches = this.#held.map(({ batch }) => batch);
    try {
      mergeBatches(batches, horizon, deliver);
    } finally {
      for (const held of this.#held) held.compact();
    }
  }

  /** Straight from the ring's memory; only what is too young is copied. */
  #drainOne(cpu: number, horizon: number, deliver: Deliver): number {
    const held = this.#held[cpu] as HeldRecords;
    return this.#reader.drainRing(cpu, (view, bytes, offset, length) => {
      if (this.take(view, offset)) return;
      const time =
        view.getUint32(offset + TIME_OFFSET + 4, true) * 2 ** 32 + view.getUint32(offset + TIME_OFFSET, true);
      if (time <= horizon && held.batch.count === 0) deliver(view, offset, length, cpu);
      else held.add(this.#bufferOf(cpu, bytes), offset, length);
    });
  }

  #hold(cpu: number): number {
    const held = this.#held[cpu] as HeldRecords;
    return this.#reader.drainRing(cpu, (view, bytes, offset, length) => {
      if (!this.take(view, offset)) held.add(this.#bufferOf(cpu, bytes), offset, length);
    });
  }

  #bufferOf(cpu: number, bytes: Uint8Array): Buffer {
    const known = this.#buffers[cpu];
    if (known?.of === bytes) return known.buffer;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#buffers[cpu] = { of: bytes, buffer };
    return buffer;
  }
}
