/**
 * The machine as the client may look at it. Files are opened as the client's user, and the kernel sees to the rest, but for
 * one thing: from 6.16 on, who may trace (CAP_PERFMON) may read the memory maps of everybody's processes.
 */
import { statSync } from 'node:fs';
import { LocalHost } from '@dtrace/core';

const PROCESS = /^\/proc\/(\d+)\//;

/** Asks the kernel by a file that takes the same rights as ptrace(2) does, whatever the capabilities. */
function mayInspect(pid: string): boolean {
  try {
    statSync(`/proc/${pid}/ns/user`);
    return true;
  } catch {
    return false;
  }
}

export class ClientHost extends LocalHost {
  /** `client`: who connected, whose own numbers $pid and its like give. */
  constructor(readonly client: number) {
    super();
  }

  override readText(path: string): string | undefined {
    const [, pid] = PROCESS.exec(path) ?? [];
    const allowed = pid === undefined || path === `/proc/${this.client}/stat` || mayInspect(pid);
    return allowed ? super.readText(path) : undefined;
  }
}
