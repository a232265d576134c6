import { type ExitStatus, type HeldChild, type PidFd, pidfdOpen, spawnHeld } from 'ebpf-napi';

/** The process that $target names: one that is started (`-c`) or one that runs already (`-p`). */
export type TargetSpec = { readonly command: readonly string[] } | { readonly pid: number };

export interface Target {
  readonly pid: number;
  /** Lets a started command execute; nothing for a running process. */
  release(): void;
  /** Called once when it has ended. The status of a process that is not a child is unknown. */
  onExit(callback: (status: ExitStatus | undefined) => void): void;
  /** A command that still runs is ended with the session that started it. */
  close(): void;
}

class StartedTarget implements Target {
  #ended = false;

  constructor(readonly child: HeldChild) {}
  get pid(): number {
    return this.child.pid;
  }
  release(): void {
    this.child.release();
  }
  onExit(callback: (status: ExitStatus | undefined) => void): void {
    this.child.onExit((exit) => {
      this.#ended = true;
      callback(exit);
    });
  }
  close(): void {
    if (!this.#ended) this.child.kill('SIGKILL');
    this.child.unref();
  }
}

class RunningTarget implements Target {
  readonly #pidfd: PidFd;
  constructor(readonly pid: number) {
    this.#pidfd = pidfdOpen(pid);
  }
  release(): void {}
  onExit(callback: (status: ExitStatus | undefined) => void): void {
    this.#pidfd.onExit(() => callback(undefined));
  }
  close(): void {
    this.#pidfd.close();
  }
}

/** Opens the target before anything is compiled: `$target` is part of probe names. */
export function openTarget(spec: TargetSpec): Target {
  if ('pid' in spec) return new RunningTarget(spec.pid);
  const [file, ...rest] = spec.command;
  if (file === undefined || file === '') throw new Error('the command to run is empty');
  return new StartedTarget(spawnHeld(file, [file, ...rest]));
}
