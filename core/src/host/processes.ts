import type { HostFiles } from './host.js';

/** What is asked about other processes. */
export interface Processes {
  exists(pid: number): boolean;
  /** As execname shows it; undefined when there is no such process. */
  name(pid: number): string | undefined;
  /** Tells one process from a later one with the same pid. */
  startTime(pid: number): string | undefined;
}

const START_TIME_FIELD = 19;

/** From /proc/PID/stat: the name may hold spaces and parentheses, so fields count from the last `)`. */
export class ProcProcesses implements Processes {
  constructor(readonly files: HostFiles) {}

  exists(pid: number): boolean {
    return this.files.readText(`/proc/${pid}/stat`) !== undefined;
  }

  name(pid: number): string | undefined {
    return this.files.readText(`/proc/${pid}/comm`)?.trimEnd();
  }

  startTime(pid: number): string | undefined {
    const stat = this.files.readText(`/proc/${pid}/stat`);
    return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_FIELD];
  }
}
