import { type How, runAsync, runSync, type Steps } from '../syscall.js';
import { howFor, type Link } from './link.js';
import { kprobeMulti, uprobeMulti } from './multi.js';
import { perfEvent } from './perf-event.js';
import { rawTracepoint, tracing } from './raw-tracepoint.js';
import { kprobe, tracepoint, uprobe } from './trace-events.js';

/** Runs the system calls of an attach on the thread pool. */
const async =
  <A extends unknown[]>(steps: (...args: A) => Steps<Link>, how?: How) =>
  (...args: A): Promise<Link> =>
    runAsync(steps(...args), how);

/** Runs them here and now. */
const sync =
  <A extends unknown[]>(steps: (...args: A) => Steps<Link>, how?: How) =>
  (...args: A): Link =>
    runSync(steps(...args), how);

/** Raw tracepoints: Linux 4.17; cookie 6.10. One program may be attached to many. */
export const attachRawTracepoint = async(rawTracepoint);
/** Typed tracepoints, fentry, fexit (Linux 5.5), iterators (5.8), to what the program was loaded for. */
export const attachTracing = async(tracing);
/** Static tracepoints by category and name: Linux 4.7; cookie 5.15. Slow to detach: prefer raw tracepoints. */
export const attachTracepoint = async(tracepoint);
/** One kernel function: Linux 4.17; cookie 5.15. Slow to detach. */
export const attachKprobe = async(kprobe);
/** Many kernel functions by one link: Linux 5.18. */
export const attachKprobeMulti = async(kprobeMulti);
/** One place in user code: Linux 4.17; cookie 5.15. Slow to detach. */
export const attachUprobe = async(uprobe, howFor('uprobe'));
/** Many places in one file by one link: Linux 6.6; sessions 6.13. */
export const attachUprobeMulti = async(uprobeMulti, howFor('uprobe_multi'));
/** An open perf event: Linux 4.9; cookie 5.15. */
export const attachPerfEvent = async(perfEvent);

export const attachRawTracepointSync = sync(rawTracepoint);
export const attachTracingSync = sync(tracing);
export const attachTracepointSync = sync(tracepoint);
export const attachKprobeSync = sync(kprobe);
export const attachKprobeMultiSync = sync(kprobeMulti);
export const attachUprobeSync = sync(uprobe, howFor('uprobe'));
export const attachUprobeMultiSync = sync(uprobeMulti, howFor('uprobe_multi'));
export const attachPerfEventSync = sync(perfEvent);

export { readIterator } from './iterator.js';
export type { Link, LinkKind } from './link.js';
export type { KprobeMultiTargets, UprobeMultiTargets } from './multi.js';
export {
  type Breakpoint,
  hardwareEvents,
  openPerfEvent,
  PerfEvent,
  type PerfEventSpec,
  softwareEvents,
} from './perf-event.js';
export type { CookieOptions } from './raw-tracepoint.js';
export type { KprobeOptions, UprobeTarget } from './trace-events.js';
