/**
 * Records of several rings in one order of time. Each ring is in order by itself, so the earliest heads are merged
 * with a heap. Records after the horizon stay: an earlier one may still be on its way in another ring.
 */

/** Where the time stands in every record; see `RECORD_HEADER` in the image. */
const timeOffset = 8;

/** The records found in one ring. Reused from drain to drain; nothing is allocated per record. */
export class RingBatch {
  view: DataView;
  offsets = new Float64Array(256);
  lengths = new Uint32Array(256);
  /** Nanoseconds. Beyond 104 days of uptime a double rounds them to 2 ns, which only shows between CPUs. */
  times = new Float64Array(256);
  count = 0;
  /** How many of them were delivered; set by `mergeBatches`. */
  delivered = 0;

  constructor(
    view: DataView,
    readonly cpu: number,
  ) {
    this.view = view;
  }

  clear(): void {
    this.count = 0;
    this.delivered = 0;
  }

  push(offset: number, length: number): void {
    if (this.count === this.offsets.length) this.#grow();
    const at = this.count++;
    this.offsets[at] = offset;
    this.lengths[at] = length;
    const { view } = this;
    this.times[at] =
      view.getUint32(offset + timeOffset + 4, true) * 0x1_0000_0000 +
      view.getUint32(offset + timeOffset, true);
  }

  #grow(): void {
    const size = this.offsets.length * 2;
    const offsets = new Float64Array(size);
    offsets.set(this.offsets);
    const lengths = new Uint32Array(size);
    lengths.set(this.lengths);
    const times = new Float64Array(size);
    times.set(this.times);
    Object.assign(this, { offsets, lengths, times });
  }
}

export type Deliver = (view: DataView, offset: number, length: number, cpu: number) => void;

/**
 * Delivers in order of time all records up to `horizon` (CLOCK_MONOTONIC nanoseconds): a moment before which every
 * record is known to be in the batches. Infinity delivers everything.
 */
export function mergeBatches(batches: readonly RingBatch[], horizon: number, deliver: Deliver): void {
  const heap = batches.filter((batch) => batch.delivered < batch.count);
  for (let index = (heap.length >> 1) - 1; index >= 0; index--) sink(heap, index);
  while (heap.length > 0) {
    const batch = heap[0]!;
    if (head(batch) > horizon) return;
    run(batch, Math.min(horizon, secondHead(heap)), deliver);
    if (batch.delivered === batch.count) {
      const last = heap.pop()!;
      if (heap.length === 0) return;
      heap[0] = last;
    }
    sink(heap, 0);
  }
}

/** Records of one ring come in bursts: as long as no other ring's is earlier, the heap is not touched. */
function run(batch: RingBatch, until: number, deliver: Deliver): void {
  const { view, offsets, lengths, times, count, cpu } = batch;
  let at = batch.delivered;
  do {
    deliver(view, offsets[at]!, lengths[at]!, cpu);
    at++;
    batch.delivered = at;
  } while (at < count && times[at]! <= until);
}

function head(batch: RingBatch): number {
  return batch.times[batch.delivered]!;
}

function secondHead(heap: readonly RingBatch[]): number {
  const left = heap.length > 1 ? head(heap[1]!) : Number.POSITIVE_INFINITY;
  return heap.length > 2 ? Math.min(left, head(heap[2]!)) : left;
}

function sink(heap: RingBatch[], start: number): void {
  const item = heap[start]!;
  const time = head(item);
  let index = start;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && head(heap[child + 1]!) < head(heap[child]!)) child++;
    if (head(heap[child]!) >= time) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = item;
}
