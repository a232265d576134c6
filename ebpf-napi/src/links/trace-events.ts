import { readFileSync } from 'node:fs';
import { BpfError, check } from '../errors.js';
import type { Program } from '../programs/program.js';
import { cString, type Steps } from '../syscall.js';
import type { Link, LinkKind } from './link.js';
import { PerfField, perfAttr, perfOpenCall, requirePerfSource } from './perf-attr.js';
import { attachToPerf } from './perf-link.js';
import type { CookieOptions } from './raw-tracepoint.js';

const PERF_TYPE_TRACEPOINT = 2;
const RETPROBE = 1n;
const REF_COUNTER_SHIFT = 32n;
const TRACEFS = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

/** Number of a static tracepoint, from tracefs. */
export function tracepointId(category: string, name: string): number {
  let failure: NodeJS.ErrnoException | undefined;
  for (const root of TRACEFS) {
    try {
      return Number(readFileSync(`${root}/events/${category}/${name}/id`, 'utf8'));
    } catch (error) {
      failure ??= error as NodeJS.ErrnoException;
    }
  }
  const cause = failure?.code === 'ENOENT' ? 'no such tracepoint, or tracefs is not mounted' : undefined;
  const asked = `find tracepoint ${category}:${name}`;
  throw new BpfError({ syscall: 'open', errno: Math.abs(failure?.errno ?? 2), asked, cause });
}

interface TraceEvent {
  readonly kind: LinkKind;
  readonly asked: string;
  readonly pid: number;
  readonly cookie?: bigint | undefined;
}

/** The event counts on every CPU although it is opened on one: the program runs wherever it is hit. */
function* attachTraceEvent(
  program: Program,
  attr: ReturnType<typeof perfAttr>,
  event: TraceEvent,
): Steps<Link> {
  attr.u64(PerfField.sampling, 1n);
  const perfFd: number = yield perfOpenCall(attr, event.pid, event.pid < 0 ? 0 : -1);
  check(perfFd, 'perf_event_open', event.asked);
  return yield* attachToPerf(program, perfFd, { ...event, owned: true });
}

/** Static tracepoints: Linux 4.7; cookie 5.15. Detaching takes about 100 ms: prefer raw tracepoints. */
export function* tracepoint(
  program: Program,
  category: string,
  name: string,
  options: CookieOptions = {},
): Steps<Link> {
  return yield* attachTraceEvent(program, perfAttr(PERF_TYPE_TRACEPOINT, tracepointId(category, name)), {
    kind: 'tracepoint',
    asked: `attach program '${program.spec.name}' to tracepoint ${category}:${name}`,
    pid: -1,
    cookie: options.cookie,
  });
}

export interface KprobeOptions extends CookieOptions {
  /** Bytes into the function. */
  readonly offset?: number;
  /** Run on return. */
  readonly retprobe?: boolean;
}

/** One kernel function, by name (`module:name` in a module) or address: Linux 4.17 (CONFIG_KPROBES); cookie 5.15. */
export function* kprobe(program: Program, target: string | bigint, options: KprobeOptions = {}): Steps<Link> {
  const { offset = 0, retprobe = false } = options;
  const attr = perfAttr(requirePerfSource('kprobe'), retprobe ? RETPROBE : 0n);
  if (typeof target === 'string')
    attr.pointer(PerfField.config1, cString(target)).u64(PerfField.config2, BigInt(offset));
  else attr.u64(PerfField.config2, target + BigInt(offset));
  const name = typeof target === 'string' ? target : `0x${target.toString(16)}`;
  const where = `${name}${offset > 0 ? `+${offset}` : ''}${retprobe ? ' (return)' : ''}`;
  return yield* attachTraceEvent(program, attr, {
    kind: 'kprobe',
    asked: `attach program '${program.spec.name}' to kprobe ${where}`,
    pid: -1,
    cookie: options.cookie,
  });
}

export interface UprobeTarget extends CookieOptions {
  readonly path: string;
  /** Offset in the file, not an address. */
  readonly offset: number | bigint;
  /** Only this process; all by default. */
  readonly pid?: number;
  readonly retprobe?: boolean;
  /** Offset in the file of a USDT semaphore, counted up while attached. */
  readonly refCtrOffset?: number;
}

/** One place in user code: Linux 4.17, semaphores 4.20; cookie 5.15. Detaching takes about 100 ms. */
export function* uprobe(program: Program, target: UprobeTarget): Steps<Link> {
  const { path, offset, pid = -1, retprobe = false, refCtrOffset = 0, cookie } = target;
  const config = (retprobe ? RETPROBE : 0n) | (BigInt(refCtrOffset) << REF_COUNTER_SHIFT);
  const attr = perfAttr(requirePerfSource('uprobe'), config)
    .pointer(PerfField.config1, cString(path))
    .u64(PerfField.config2, BigInt(offset));
  const where = `${path}+0x${offset.toString(16)}${retprobe ? ' (return)' : ''}`;
  return yield* attachTraceEvent(program, attr, {
    kind: 'uprobe',
    asked: `attach program '${program.spec.name}' to uprobe ${where}`,
    pid,
    cookie,
  });
}
