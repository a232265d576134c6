/** What the sizes and the policy of buffers ask of the side that reads them. */
import type { BpfMap } from 'ebpf-napi';
import type { BufferImage, TraceImage } from '../compiler/image.js';

const TIME_OFFSET = 8;

/** What the record at `offset` counts in its CPU's buffer. */
type ChargeOf = (view: DataView, offset: number) => number;

/** Why the image's records do not fit its buffers; undefined: they do. */
export function bufferProblem({ buffers, records, maps }: TraceImage): string | undefined {
  if (buffers.policy !== 'switch' && buffers.end > buffers.size)
    return 'END enablings exceed size of principal buffer';
  const large = records.some(({ charge }) => charge > buffers.size);
  const roomless = maps.some(({ type, maxEntries }) => type !== 'task_storage' && maxEntries < 1);
  return large || roomless ? 'Enabling exceeds size of buffer' : undefined;
}

/** Gives back what records counted once they are read; undefined where programs count nothing or for good. */
export function bufferRelease(
  { buffers }: TraceImage,
  maps: ReadonlyMap<string, BpfMap>,
  chargeOf: ChargeOf,
): ((view: DataView, offset: number, cpu: number) => void) | undefined {
  const map = buffers.counted === undefined ? undefined : maps.get(buffers.counted);
  if (map === undefined || buffers.policy !== 'switch') return undefined;
  const bytes = map.mmap();
  const counters = new BigInt64Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.byteLength / 8));
  return (view, offset, cpu) => {
    Atomics.sub(counters, cpu, BigInt(chargeOf(view, offset)));
  };
}

interface Kept {
  readonly view: DataView;
  readonly cpu: number;
  readonly time: number;
  readonly charge: number;
}

/** The last records of each CPU, as many as its buffer would hold. */
export class FlightRecorder {
  readonly #cpus = new Map<number, { readonly records: Kept[]; first: number; size: number }>();

  constructor(
    private readonly buffers: BufferImage,
    private readonly chargeOf: ChargeOf,
  ) {}

  add(view: DataView, offset: number, length: number, cpu: number): void {
    let kept = this.#cpus.get(cpu);
    if (kept === undefined) {
      kept = { records: [], first: 0, size: 0 };
      this.#cpus.set(cpu, kept);
    }
    const charge = this.chargeOf(view, offset);
    const bytes = new Uint8Array(length);
    bytes.set(new Uint8Array(view.buffer, view.byteOffset + offset, length));
    const time = Number(view.getBigUint64(offset + TIME_OFFSET, true));
    kept.records.push({ view: new DataView(bytes.buffer), cpu, time, charge });
    kept.size += charge;
    while (kept.size > this.buffers.size) kept.size -= kept.records[kept.first++]?.charge ?? 0;
    if (kept.first * 2 <= kept.records.length) return;
    kept.records.splice(0, kept.first);
    kept.first = 0;
  }

  /** Hands over what is left, in order of time. */
  empty(deliver: (view: DataView, offset: number, length: number, cpu: number) => void): void {
    const all = [...this.#cpus.values()].flatMap(({ records, first }) => records.slice(first));
    this.#cpus.clear();
    for (const { view, cpu } of all.sort((a, b) => a.time - b.time)) deliver(view, 0, view.byteLength, cpu);
  }
}
