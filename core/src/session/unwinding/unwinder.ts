import type { BpfMap } from 'ebpf-napi';
import { UNWIND_MAP, UNWIND_REQUEST } from '../../compiler/unwind/layout.js';
import type { UnwindSource } from '../../host/index.js';
import { TableChunks } from './chunks.js';
import { ProcessStretches } from './processes.js';

/** Milliseconds between two looks at one process: the first, and what they grow to while nothing changes. */
const SHORTEST = 20;
const LONGEST = 5000;
/** Milliseconds before the last look at a program that starts. */
const LAST_FOLLOWED = 256;

interface Watched {
  /** What its mappings were. */
  signature: string;
  wait: number;
  next: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Answers programs that meet a process, or code of one, that they know nothing of. A process whose code changes all
 * the time is looked at ever more seldom.
 */
export class Unwinder {
  readonly #chunks: TableChunks;
  readonly #stretches: ProcessStretches;
  readonly #watched = new Map<number, Watched>();
  #following: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: UnwindSource,
    map: (name: string) => BpfMap,
    /** Told of every process that is looked at. */
    private readonly onProcess: (tgid: number) => void,
  ) {
    this.#chunks = new TableChunks(map(UNWIND_MAP.chunks), map(UNWIND_MAP.rules));
    this.#stretches = new ProcessStretches(
      map(UNWIND_MAP.processes),
      map(UNWIND_MAP.stretches),
      this.#chunks,
    );
  }

  request(tgid: number): void {
    const watched = this.#watched.get(tgid);
    const wait = watched === undefined ? 0 : watched.next - performance.now();
    if (watched === undefined || wait <= 0) this.#look(tgid);
    else {
      watched.timer ??= setTimeout(() => {
        watched.timer = undefined;
        this.#look(tgid);
      }, wait).unref();
    }
  }

  /** A process that executes a program now and loads its libraries: looked at again and again, ever more seldom. */
  follow(tgid: number, wait = 1): void {
    this.#following = setTimeout(() => {
      this.#look(tgid);
      if (wait < LAST_FOLLOWED) this.follow(tgid, wait * 2);
    }, wait).unref();
  }

  /** Forgets processes that are gone. */
  sweep(): void {
    for (const tgid of this.#stretches.tgids) if (this.source.space(tgid) === undefined) this.#forget(tgid);
  }

  close(): void {
    clearTimeout(this.#following);
    for (const { timer } of this.#watched.values()) clearTimeout(timer);
    this.#watched.clear();
    this.#chunks.close();
  }

  #look(tgid: number): void {
    const space = this.source.space(tgid);
    if (space === undefined) {
      this.#forget(tgid);
      return;
    }
    clearTimeout(this.#watched.get(tgid)?.timer);
    this.onProcess(tgid);
    const { startCode, startStack, mappings } = space;
    const signature = [startCode, startStack, ...mappings.map(({ start, end }) => `${start}-${end}`)].join();
    const before = this.#watched.get(tgid);
    const wait = before?.signature === signature ? Math.min(LONGEST, before.wait * 2) : SHORTEST;
    this.#watched.set(tgid, { signature, wait, next: performance.now() + wait, timer: undefined });
    this.#stretches.set(tgid, space);
  }

  #forget(tgid: number): void {
    clearTimeout(this.#watched.get(tgid)?.timer);
    this.#watched.delete(tgid);
    this.#stretches.delete(tgid);
  }
}

/** Takes the requests of programs out of the records. */
export function requestsTo(unwinder: Unwinder | undefined): (view: DataView, offset: number) => boolean {
  if (unwinder === undefined) return () => false;
  return (view, offset) => {
    if (view.getUint32(offset, true) !== UNWIND_REQUEST) return false;
    unwinder.request(view.getUint32(offset + 4, true));
    return true;
  };
}
