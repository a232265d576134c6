import { type ExitStatus, type HeldChild, type PidFd, pidfdOpen, spawnHeld } from 'ebpf-napi';
import type { TypeSource } from '../language/types.js';
import { type EvaluationTime, runTo } from './evaluation-time.js';

/** The process that $target names: one that is started (`-c`) or one that runs already (`-p`). */
export type TargetSpec = { readonly command: readonly string[] } | { readonly pid: number };

export interface Target {
  readonly pid: number;
  /**
   * Lets a started command execute as far as its probes can be looked for, and stops it there; nothing for a running
   * process. Without this, it is held before it executes anything.
   */
  prepare(time: EvaluationTime): void;
  /** Lets a started command go on; nothing for a running process. */
  release(): void;
  /** Whether it may be stopped for moments: it goes on by itself should this process end. */
  readonly mayStop: boolean;
  /** Called once when it has ended. The status of a process that is not a child is unknown. */
  onExit(callback: (status: ExitStatus | undefined) => void): void;
  /** A command that still runs is ended with the session that started it. */
  close(): void;
}

class StartedTarget implements Target {
  #ended = false;
  #prepared = false;

  constructor(
    readonly child: HeldChild,
    readonly types: TypeSource | undefined,
  ) {}
  get pid(): number {
    return this.child.pid;
  }
  get mayStop(): boolean {
    return this.#prepared;
  }
  prepare(time: EvaluationTime): void {
    if (this.#prepared || this.child.released) return;
    this.#prepared = true;
    runTo(this.child, time, this.types);
  }
  release(): void {
    if (this.#prepared) this.child.kill('SIGCONT');
    else this.child.release();
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
  readonly mayStop = false;
  readonly #pidfd: PidFd;
  constructor(readonly pid: number) {
    this.#pidfd = pidfdOpen(pid);
  }
  prepare(): void {}
  release(): void {}
  onExit(callback: (status: ExitStatus | undefined) => void): void {
    this.#pidfd.onExit(() => callback(undefined));
  }
  close(): void {
    this.#pidfd.close();
  }
}

/** Opens the target before anything is compiled: `$target` is part of probe names. `types`: the kernel's own. */
export function openTarget(spec: TargetSpec, types?: TypeSource): Target {
  if ('pid' in spec) return new RunningTarget(spec.pid);
  const [file, ...rest] = spec.command;
  if (file === undefined || file === '') throw new Error('the command to run is empty');
  return new StartedTarget(spawnHeld(file, [file, ...rest]), types);
}
