import { addon } from '../addon.js';
import { BpfError } from '../errors.js';
import type { BpfMap } from '../maps/map.js';

/** Bits of a record's length word. */
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;
const LENGTH_MASK = 0x3fff_ffff;
const HEADER = 8;

/**
 * Called for each record with a view and bytes over the whole shared mapping, and where the record lies in them.
 * Valid only during the call. The pages are read-only: a write ends the process with SIGSEGV.
 */
export type RecordCallback = (
  view: DataView,
  bytes: Uint8Array,
  offset: number,
  length: number,
  ring: number,
) => void;

function mapPages(map: BpfMap, offset: number, length: number, writable: boolean): ArrayBuffer {
  const pages = addon().map(map.fd, offset, length, writable);
  if (typeof pages !== 'number') return pages;
  throw new BpfError({ syscall: 'mmap', errno: -pages, asked: `map ring buffer '${map.name}'` });
}

/** The consumer's side of one ring buffer. */
export class Ring {
  readonly #consumerPage: ArrayBuffer;
  readonly #dataPages: ArrayBuffer;
  readonly #consumer: BigInt64Array;
  readonly #producer: BigInt64Array;
  /** The same mapping, as words for headers, and as the two views handed out. */
  readonly #words: Int32Array;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #mask: number;
  /** Low 32 bits are enough to count: a ring has at most 2 GiB. */
  #position: bigint;

  constructor(
    readonly map: BpfMap,
    readonly index: number,
  ) {
    const page = addon().pageSize;
    const size = map.maxEntries;
    this.#consumerPage = mapPages(map, 0, page, true);
    // The producer's page, then the data twice over, so that a record never wraps.
    this.#dataPages = mapPages(map, page, page + 2 * size, false);
    this.#consumer = new BigInt64Array(this.#consumerPage, 0, 1);
    this.#producer = new BigInt64Array(this.#dataPages, 0, 1);
    this.#words = new Int32Array(this.#dataPages, page);
    this.#view = new DataView(this.#dataPages, page);
    this.#bytes = new Uint8Array(this.#dataPages, page);
    this.#mask = size - 1;
    this.#position = Atomics.load(this.#consumer, 0);
  }

  /** Bytes written and not yet drained, headers and records not finished included. */
  pending(): number {
    return Number(Atomics.load(this.#producer, 0) - this.#position);
  }

  /** Hands out at most `limit` records; returns how many. Space is given back to the kernel once, at the end. */
  drain(onRecord: RecordCallback, limit: number): number {
    const start = this.#position;
    const available = Number(Atomics.load(this.#producer, 0) - start);
    const base = Number(start & BigInt(this.#mask));
    let taken = 0;
    let done = 0;
    try {
      while (done < available && taken < limit) {
        const at = (base + done) & this.#mask;
        const header = Atomics.load(this.#words, at >> 2);
        if ((header & BUSY) !== 0) break;
        const length = header & LENGTH_MASK;
        done += (HEADER + length + 7) & ~7;
        if ((header & DISCARDED) !== 0) continue;
        taken += 1;
        onRecord(this.#view, this.#bytes, at + HEADER, length, this.index);
      }
    } finally {
      // Also when the callback throws: its record counts as read.
      if (done > 0) {
        this.#position = start + BigInt(done);
        Atomics.store(this.#consumer, 0, this.#position);
      }
    }
    return taken;
  }

  close(): void {
    addon().unmap(this.#consumerPage);
    addon().unmap(this.#dataPages);
  }
}
