import type { Instruction } from '../asm/instruction.js';

/** Program types by name, with the kernel's number. */
export const programTypes = {
  socket_filter: 1,
  kprobe: 2,
  sched_cls: 3,
  sched_act: 4,
  tracepoint: 5,
  xdp: 6,
  perf_event: 7,
  cgroup_skb: 8,
  raw_tracepoint: 17,
  raw_tracepoint_writable: 24,
  tracing: 26,
  lsm: 29,
  syscall: 31,
} as const;
/** Uprobes and their multi forms are of type `kprobe`. */
export type ProgramType = keyof typeof programTypes;

/** Attach types by name, with the kernel's number. */
export const attachTypes = {
  trace_raw_tp: 23,
  trace_fentry: 24,
  trace_fexit: 25,
  modify_return: 26,
  lsm_mac: 27,
  trace_iter: 28,
  perf_event: 41,
  trace_kprobe_multi: 42,
  trace_uprobe_multi: 48,
  trace_kprobe_session: 56,
  trace_uprobe_session: 57,
} as const;
export type AttachType = keyof typeof attachTypes;

export interface ProgramSpec {
  /** Shown by tools; cut to 15 characters of [A-Za-z0-9_.]. */
  readonly name: string;
  readonly type: ProgramType;
  readonly instructions: readonly Instruction[];
  readonly expectedAttach?: AttachType;
  /** Tracing programs: the tracepoint (trace_raw_tp), iterator (trace_iter, as in "task") or function. */
  readonly attachTo?: string;
  /** The kernel module that has the function. Without it the kernel is searched first, then its modules. */
  readonly attachIn?: string;
  /** The target as a BTF object and an id in it, for one that `attachTo` does not name uniquely. */
  readonly attachModule?: { readonly btfFd: number; readonly btfId: number };
  /** May fault pages in. */
  readonly sleepable?: boolean;
  /** Default GPL: most tracing helpers ask for it. */
  readonly license?: string;
}
