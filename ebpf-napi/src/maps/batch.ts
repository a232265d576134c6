import { Attr, type BpfCommand, bpfCall, bpfName } from '../bpf.js';
import { check, errnoName } from '../errors.js';
import type { Steps } from '../syscall.js';

/** Contents of a map in two flat buffers: entry i is keys[i * keySize …] and values[i * valueStride …]. */
export interface MapEntries {
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
  readonly count: number;
}

/** What reading needs to know of a map. */
export interface ReadableMap {
  readonly name: string;
  readonly fd: number;
  readonly keySize: number;
  /** Bytes a value takes in user space: for per-CPU maps that of all possible CPUs. */
  readonly valueStride: number;
  readonly maxEntries: number;
}

const CHUNK_BYTES = 1 << 20;
/** Answers of kernels, or of map types, that have no batch operation. */
const UNSUPPORTED = new Set(['EINVAL', 'ENOTSUPP', 'EOPNOTSUPP']);

class Collector {
  #keys: Uint8Array;
  #values: Uint8Array;
  count = 0;

  constructor(
    readonly map: ReadableMap,
    public capacity: number,
  ) {
    this.#keys = new Uint8Array(capacity * map.keySize);
    this.#values = new Uint8Array(capacity * map.valueStride);
  }
  /** Makes room for `more` further entries. */
  reserve(more: number): void {
    if (this.count + more <= this.capacity) return;
    this.capacity = Math.max(this.capacity * 2, this.count + more);
    const { keySize, valueStride } = this.map;
    const grow = (old: Uint8Array, size: number) => {
      const grown = new Uint8Array(this.capacity * size);
      grown.set(old.subarray(0, this.count * size));
      return grown;
    };
    this.#keys = grow(this.#keys, keySize);
    this.#values = grow(this.#values, valueStride);
  }
  get freeKeys(): Uint8Array {
    return this.#keys.subarray(this.count * this.map.keySize);
  }
  get freeValues(): Uint8Array {
    return this.#values.subarray(this.count * this.map.valueStride);
  }
  finish(): MapEntries {
    const { keySize, valueStride } = this.map;
    return {
      keys: this.#keys.subarray(0, this.count * keySize),
      values: this.#values.subarray(0, this.count * valueStride),
      count: this.count,
    };
  }
}

function chunkOf(map: ReadableMap): number {
  const fitting = Math.ceil(CHUNK_BYTES / (map.keySize + map.valueStride));
  return Math.max(1, Math.min(map.maxEntries, fitting));
}

/** Reads with a batch command; undefined if the kernel has none for this type of map. */
function* readBatches(map: ReadableMap, command: BpfCommand): Steps<MapEntries | undefined> {
  let chunk = chunkOf(map);
  const out = new Collector(map, chunk);
  // The cursor is opaque; for hash maps it is an u32 even where keys are smaller.
  const cursors = [0, 1].map(() => new Uint8Array(Math.max(8, map.keySize)));
  for (let round = 0; ; ) {
    out.reserve(chunk);
    const attr = new Attr(56)
      .pointer(0, round === 0 ? undefined : cursors[(round + 1) & 1])
      .pointer(8, cursors[round & 1])
      .pointer(16, out.freeKeys)
      .pointer(24, out.freeValues)
      .u32(32, chunk)
      .u32(36, map.fd);
    const result: number = yield bpfCall(command, attr);
    const code = result < 0 ? errnoName(-result) : '';
    if (round === 0 && UNSUPPORTED.has(code)) return undefined;
    if (code === 'ENOSPC') {
      // One bucket holds more entries than fit: nothing was read, ask for more.
      chunk *= 2;
      continue;
    }
    if (code !== 'ENOENT') check(result, bpfName(command), `read map '${map.name}'`);
    out.count += attr.getU32(32);
    if (code === 'ENOENT') return out.finish();
    round += 1;
  }
}

/** Reads key by key: kernels before 5.6 (arrays, hashes) and 5.13 (per-CPU arrays). */
function* readSingly(map: ReadableMap, remove: boolean): Steps<MapEntries> {
  const out = new Collector(map, chunkOf(map));
  const element = (key: Uint8Array | undefined, value?: Uint8Array) =>
    new Attr(32).u32(0, map.fd).pointer(8, key).pointer(16, value);
  let previous: Uint8Array | undefined;
  for (;;) {
    out.reserve(1);
    const key = out.freeKeys.subarray(0, map.keySize);
    const step: number = yield bpfCall('MAP_GET_NEXT_KEY', element(previous, key));
    if (step < 0) break;
    const found: number = yield bpfCall('MAP_LOOKUP_ELEM', element(key, out.freeValues));
    previous = key.slice();
    if (found >= 0) {
      out.count += 1;
    }
  }
  const entries = out.finish();
  if (remove) {
    for (let i = 0; i < entries.count; i++) {
      const key = entries.keys.subarray(i * map.keySize, (i + 1) * map.keySize);
      yield bpfCall('MAP_DELETE_ELEM', element(key));
    }
  }
  return entries;
}

export function* readEntries(map: ReadableMap, remove: boolean): Steps<MapEntries> {
  const command = remove ? 'MAP_LOOKUP_AND_DELETE_BATCH' : 'MAP_LOOKUP_BATCH';
  return (yield* readBatches(map, command)) ?? (yield* readSingly(map, remove));
}
