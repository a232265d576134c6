import { closeCall, closeFd, type How, runInLane, type Steps } from '../syscall.js';

export type LinkKind =
  | 'raw_tracepoint'
  | 'tracing'
  | 'tracepoint'
  | 'kprobe'
  | 'kprobe_multi'
  | 'uprobe'
  | 'uprobe_multi'
  | 'perf_event';

/** An attached program. It stays attached until closed, or until the process ends. */
export interface Link {
  readonly kind: LinkKind;
  /** The BPF link, or the perf event where the kernel has no link for it; -1 once closed. */
  readonly fd: number;
  /** Detaches on the thread pool: perf tracepoints, kprobes and uprobes take about 100 ms each. */
  close(): Promise<void>;
  closeSync(): void;
}

/** Breakpoints in other processes are put there and taken out to the end. */
export const howFor = (kind: LinkKind): How =>
  kind === 'uprobe' || kind === 'uprobe_multi' ? 'kept' : undefined;

function* closeAll(fds: readonly number[]): Steps<void> {
  for (const fd of fds) yield closeCall(fd);
}

/** A link held by file descriptors, closed in order. */
export class FdLink implements Link {
  #fds: number[];

  constructor(
    readonly kind: LinkKind,
    ...fds: number[]
  ) {
    this.#fds = fds;
  }

  get fd(): number {
    return this.#fds[0] ?? -1;
  }

  #take(): number[] {
    const fds = this.#fds;
    this.#fds = [];
    return fds;
  }

  close(): Promise<void> {
    const fds = this.#take();
    return fds.length === 0 ? Promise.resolve() : runInLane(closeAll(fds), howFor(this.kind));
  }

  closeSync(): void {
    for (const fd of this.#take()) closeFd(fd, howFor(this.kind));
  }
}
