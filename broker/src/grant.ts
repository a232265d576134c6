/** What one client may do, as the daemon tells the process of its session. */
import type { Privileges } from '@dtrace/core';

export interface Limits {
  /** Sessions of one user at a time. */
  readonly sessions: number;
  /** Bytes of a session's maps and buffers in the kernel. */
  readonly memory: number;
  /** Probes that are attached. */
  readonly maxprobes: number;
  /** Records a second. */
  readonly rate: number;
  /** Seconds that a session may run. */
  readonly runtime: number;
  /** Seconds from the connection to the first event. */
  readonly compiletime: number;
  /** Bytes of all texts. */
  readonly source: number;
  /** Instructions of all programs. */
  readonly instructions: number;
  /** Turns that the loops of a clause may take together. */
  readonly turns: number;
}

export const DEFAULT_LIMITS: Limits = {
  sessions: 4,
  memory: 256 * 2 ** 20,
  maxprobes: 5000,
  rate: 100_000,
  runtime: 24 * 3600,
  compiletime: 30,
  source: 2 ** 20,
  instructions: 1_000_000,
  turns: 100_000,
};

export interface Grant {
  readonly privileges: Privileges;
  readonly limits: Limits;
  /** The client as the daemon sees it. */
  readonly pid: number;
  /** Numbers of processes mean the same to it. */
  readonly sharesNumbers: boolean;
}

/** What the daemon hears from a session. */
export type SessionReport =
  | { readonly event: 'script'; readonly text: string; readonly target?: number | undefined }
  | { readonly event: 'started' }
  | { readonly event: 'refused'; readonly reason: string }
  | { readonly event: 'ended'; readonly records: number };
