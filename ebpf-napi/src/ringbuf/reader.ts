import type { BpfMap } from '../maps/map.js';
import { EpollSet } from './epoll.js';
import { type RecordCallback, Ring } from './ring.js';

/** Reads BPF ring buffers (Linux 5.8) in place, without copying a record. */
export class RingBufferReader {
  readonly #rings: Ring[] = [];
  #epoll: EpollSet | undefined;
  #keep = true;

  /** `rings` are maps of type ringbuf; the index of one is handed to the callback of `drain`. */
  constructor(rings: readonly BpfMap[]) {
    try {
      for (const [index, map] of rings.entries()) this.#rings.push(new Ring(map, index));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Hands out every record that is complete, ring after ring, `limit` at most in all; returns how many. See
   * `RecordCallback` for what the callback may do.
   */
  drain(onRecord: RecordCallback, limit = Number.POSITIVE_INFINITY): number {
    let taken = 0;
    for (const ring of this.#rings) {
      if (taken >= limit) break;
      taken += ring.drain(onRecord, limit - taken);
    }
    return taken;
  }

  /** Drains one ring only. */
  drainRing(index: number, onRecord: RecordCallback, limit = Number.POSITIVE_INFINITY): number {
    return this.#rings[index]?.drain(onRecord, limit) ?? 0;
  }

  /** Bytes waiting, in all rings or in one. */
  pending(index?: number): number {
    if (index !== undefined) return this.#rings[index]?.pending() ?? 0;
    return this.#rings.reduce((sum, ring) => sum + ring.pending(), 0);
  }

  /**
   * Called from the event loop when a program wakes its consumer: by default for the first record after the ring
   * was empty, never for records submitted with BPF_RB_NO_WAKEUP. Once for each wake-up, drained or not.
   */
  onWake(callback: () => void): void {
    this.#epoll?.close();
    const fds = this.#rings.map((ring) => ring.map.fd);
    this.#epoll = new EpollSet(fds, 'ring buffers', callback);
    this.#epoll.keepAlive(this.#keep);
  }

  /** Lets the process end although `onWake` waits. */
  unref(): void {
    this.#keep = false;
    this.#epoll?.keepAlive(false);
  }

  ref(): void {
    this.#keep = true;
    this.#epoll?.keepAlive(true);
  }

  /** Unmaps the rings; the maps stay the caller's. Not from within the callback of `drain`. */
  close(): void {
    this.#epoll?.close();
    this.#epoll = undefined;
    for (const ring of this.#rings.splice(0)) ring.close();
  }
}
