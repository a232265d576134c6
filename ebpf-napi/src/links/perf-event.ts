import { BpfError, check } from '../errors.js';
import type { Program } from '../programs/program.js';
import { closeCall, closeFd, invoke, ioctlCall, runInLane, runSync, type Steps } from '../syscall.js';
import type { Link } from './link.js';
import { PerfField, PerfFlag, PerfIoctl, PRECISE_SHIFT, perfAttr, perfOpenCall } from './perf-attr.js';
import { attachToPerf } from './perf-link.js';
import type { CookieOptions } from './raw-tracepoint.js';

export const softwareEvents = {
  'cpu-clock': 0,
  'task-clock': 1,
  'page-faults': 2,
  'context-switches': 3,
  'cpu-migrations': 4,
  'minor-faults': 5,
  'major-faults': 6,
  'alignment-faults': 7,
  'emulation-faults': 8,
  dummy: 9,
  'bpf-output': 10,
  'cgroup-switches': 11,
} as const;

export const hardwareEvents = {
  'cpu-cycles': 0,
  instructions: 1,
  'cache-references': 2,
  'cache-misses': 3,
  'branch-instructions': 4,
  'branch-misses': 5,
  'bus-cycles': 6,
  'stalled-cycles-frontend': 7,
  'stalled-cycles-backend': 8,
  'ref-cycles': 9,
} as const;

const perfTypes = { hardware: 0, software: 1, tracepoint: 2, cache: 3, raw: 4, breakpoint: 5 } as const;
const breakpointAccess = { r: 1, w: 2, rw: 3, x: 4 } as const;

/** A watched address. `x` watches execution and takes no length. */
export interface Breakpoint {
  readonly address: bigint;
  readonly length?: 1 | 2 | 4 | 8;
  readonly access: keyof typeof breakpointAccess;
}

export interface PerfEventSpec {
  /** A number for an event source of /sys/bus/event_source/devices. */
  readonly type: keyof typeof perfTypes | number;
  /** A name of `softwareEvents` or `hardwareEvents`, or the raw number. */
  readonly config?: string | number | bigint;
  readonly config1?: bigint;
  readonly config2?: bigint;
  /** Events (nanoseconds for clocks) between two runs of the program. */
  readonly period?: bigint;
  /** Runs per second, adjusted by the kernel; less exact than a period. */
  readonly frequency?: number;
  /** -1: on any CPU, of one process. */
  readonly cpu?: number;
  /** -1 (default): every process on one CPU. */
  readonly pid?: number;
  /** precise_ip, 0 to 3. */
  readonly precise?: number;
  readonly breakpoint?: Breakpoint;
  /** Opened without counting until `enable` or an attach. */
  readonly disabled?: boolean;
  /** Threads that the thread `pid` starts have it as well: Linux 5.13. */
  readonly inheritThreads?: boolean;
  readonly excludeUser?: boolean;
  readonly excludeKernel?: boolean;
}

const NAMES: Partial<Record<PerfEventSpec['type'], Readonly<Record<string, number>>>> = {
  software: softwareEvents,
  hardware: hardwareEvents,
};

function configOf({ type, config = 0 }: PerfEventSpec): number | bigint {
  if (typeof config !== 'string') return config;
  const number = NAMES[type]?.[config];
  if (number === undefined) throw new RangeError(`no ${type} event is called '${config}'`);
  return number;
}

function attrOf(spec: PerfEventSpec) {
  const type = typeof spec.type === 'number' ? spec.type : perfTypes[spec.type];
  const attr = perfAttr(type, configOf(spec));
  let flags = BigInt(spec.precise ?? 0) << PRECISE_SHIFT;
  if (spec.disabled === true) flags |= PerfFlag.disabled;
  if (spec.inheritThreads === true) flags |= PerfFlag.inherit | PerfFlag.inheritThread;
  if (spec.excludeUser === true) flags |= PerfFlag.excludeUser;
  if (spec.excludeKernel === true) flags |= PerfFlag.excludeKernel;
  if (spec.frequency !== undefined) flags |= PerfFlag.freq;
  attr.u64(PerfField.sampling, spec.frequency ?? spec.period ?? 0n).u64(PerfField.flags, flags);
  if (spec.config1 !== undefined) attr.u64(PerfField.config1, spec.config1);
  if (spec.config2 !== undefined) attr.u64(PerfField.config2, spec.config2);
  if (spec.breakpoint !== undefined) {
    const { access, address, length = 8 } = spec.breakpoint;
    // Every hit counts unless the caller asks otherwise.
    if (spec.period === undefined && spec.frequency === undefined) attr.u64(PerfField.sampling, 1n);
    attr.u32(PerfField.bpType, breakpointAccess[access]);
    attr.u64(PerfField.config1, address).u64(PerfField.config2, BigInt(access === 'x' ? 8 : length));
  }
  return attr;
}

const describe = ({ type, config, breakpoint, cpu = -1, pid = -1 }: PerfEventSpec): string => {
  const what =
    breakpoint === undefined ? config : `${breakpoint.access} 0x${breakpoint.address.toString(16)}`;
  return `${type} event ${what ?? 0} (cpu ${cpu}, pid ${pid})`;
};

/** An open perf event. Linux 2.6.31; programs on it 4.9. */
export class PerfEvent {
  #fd: number;

  constructor(
    readonly spec: PerfEventSpec,
    fd: number,
  ) {
    this.#fd = fd;
  }
  /** -1 once closed. */
  get fd(): number {
    return this.#fd;
  }
  enable(): void {
    const result = invoke(ioctlCall(this.#fd, PerfIoctl.ENABLE));
    check(result, 'ioctl(PERF_EVENT_IOC_ENABLE)', `enable ${describe(this.spec)}`);
  }
  disable(): void {
    const result = invoke(ioctlCall(this.#fd, PerfIoctl.DISABLE));
    check(result, 'ioctl(PERF_EVENT_IOC_DISABLE)', `disable ${describe(this.spec)}`);
  }
  /** The count so far. */
  read(): bigint {
    const count = new BigUint64Array(1);
    check(invoke({ name: 'read', args: [this.#fd, count, 8] }), 'read', `read ${describe(this.spec)}`);
    return count[0]!;
  }
  #take(): number {
    const fd = this.#fd;
    this.#fd = -1;
    return fd;
  }
  async close(): Promise<void> {
    const fd = this.#take();
    if (fd < 0) return;
    await runInLane(
      (function* (): Steps<void> {
        yield closeCall(fd);
      })(),
    );
  }
  closeSync(): void {
    const fd = this.#take();
    if (fd >= 0) closeFd(fd);
  }
}

/** Opens a counter, clock or breakpoint; attach a program to it with `attachPerfEvent`. */
export function openPerfEvent(spec: PerfEventSpec): PerfEvent {
  const result = runSync(
    (function* (): Steps<number> {
      return yield perfOpenCall(attrOf(spec), spec.pid ?? -1, spec.cpu ?? (spec.pid === undefined ? 0 : -1));
    })(),
  );
  if (result >= 0) return new PerfEvent(spec, result);
  const absent = result === -2 ? { cause: 'this machine has no such counter' } : {};
  throw new BpfError({
    syscall: 'perf_event_open',
    errno: -result,
    asked: `open ${describe(spec)}`,
    ...absent,
  });
}

/** A program of type perf_event, to an open event, which stays the caller's to close. Cookie: Linux 5.15. */
export function perfEvent(program: Program, event: PerfEvent, options: CookieOptions = {}): Steps<Link> {
  return attachToPerf(program, event.fd, {
    kind: 'perf_event',
    asked: `attach program '${program.spec.name}' to ${describe(event.spec)}`,
    cookie: options.cookie,
    owned: false,
  });
}
