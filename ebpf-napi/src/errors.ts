import { readFileSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';

const ENOTSUPP = 524;
const EOPNOTSUPP = 95;

/** errno as its C name. 524 is the kernel's internal ENOTSUPP, which bpf(2) lets through; 95 has two names. */
export function errnoName(errno: number): string {
  if (errno === ENOTSUPP) return 'ENOTSUPP';
  if (errno === EOPNOTSUPP) return 'EOPNOTSUPP';
  return getSystemErrorMap().get(-errno)?.[0] ?? `errno ${errno}`;
}

function errnoText(errno: number): string {
  if (errno === ENOTSUPP) return 'operation is not supported';
  return getSystemErrorMap().get(-errno)?.[1] ?? 'unknown error';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const CAPABILITIES = { CAP_SYS_ADMIN: 21n, CAP_PERFMON: 38n, CAP_BPF: 39n } as const;

function missingCapabilities(): string[] {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(read('/proc/self/status'))?.[1] ?? '0'}`);
  const has = (bit: bigint) => ((effective >> bit) & 1n) === 1n;
  if (has(CAPABILITIES.CAP_SYS_ADMIN)) return [];
  return (['CAP_BPF', 'CAP_PERFMON'] as const).filter((name) => !has(CAPABILITIES[name]));
}

function lockdownMode(): string | undefined {
  const mode = /\[(\w+)\]/.exec(read('/sys/kernel/security/lockdown'))?.[1];
  return mode === 'none' ? undefined : mode;
}

function refusedCause(syscall: string): string {
  const missing = missingCapabilities();
  if (missing.length > 0) return `not enough privilege: ${missing.join(' and ')} missing (or run as root)`;
  if (syscall === 'perf_event_open' && process.geteuid?.() !== 0) {
    return 'perf events of this kind need CAP_SYS_ADMIN (see also kernel.perf_event_paranoid)';
  }
  const mode = lockdownMode();
  return mode === undefined
    ? 'refused by the policy of the kernel or a security module'
    : `refused by the policy of the kernel (lockdown: ${mode}) or a security module`;
}

/** The likely cause, by errno; a call site that knows better says so. */
const CAUSES: Readonly<Record<string, (syscall: string) => string>> = {
  EPERM: refusedCause,
  EACCES: refusedCause,
  EINVAL: () => 'the kernel does not know this request (too old?) or an argument is wrong',
  ENOENT: () => 'what was named does not exist on this kernel',
  ESRCH: () => 'no such process or symbol',
  E2BIG: () => 'too large, or the kernel does not know a field that was set',
  ENOMEM: () => 'not enough memory (or locked-memory limit, on kernels before 5.11)',
  ENOSPC: () => 'no room: a full map, or no free hardware counter or breakpoint',
  EBUSY: () => 'in use by another tracer',
  EOPNOTSUPP: () => 'not supported by this kernel configuration or hardware',
  ENOTSUPP: () => 'not supported by this kernel for this object',
  EMFILE: () => 'too many open files (see ulimit -n)',
  ENODEV: () => 'no such device or performance counter on this machine',
};

export interface BpfErrorOptions {
  /** `bpf(BPF_PROG_LOAD)`, `perf_event_open`, … */
  syscall: string;
  /** Positive. */
  errno: number;
  /** What was asked, as in "load raw_tracepoint program 'sys_enter'". */
  asked: string;
  cause?: string | undefined;
  hint?: string | undefined;
}

/** A system call that failed, what it was for and why it probably failed. */
export class BpfError extends Error {
  override name = 'BpfError';
  readonly syscall: string;
  readonly errno: number;
  readonly code: string;
  readonly asked: string;
  /** Likely cause in words. (`cause` is taken by Error.) */
  readonly cause_: string;
  readonly hint?: string;

  constructor(options: BpfErrorOptions) {
    const code = errnoName(options.errno);
    const likely = options.cause ?? CAUSES[code]?.(options.syscall) ?? '';
    const failed = `${options.syscall}: ${code} (${errnoText(options.errno)})`;
    const hint = options.hint === undefined ? '' : `; ${options.hint}`;
    super(`cannot ${options.asked}: ${failed}${likely === '' ? '' : `: ${likely}`}${hint}`);
    this.syscall = options.syscall;
    this.errno = options.errno;
    this.code = code;
    this.asked = options.asked;
    this.cause_ = likely;
    if (options.hint !== undefined) this.hint = options.hint;
  }
}

/** The kernel lacks a feature; nothing was tried. */
export class MissingFeatureError extends Error {
  override readonly name = 'MissingFeatureError';
  constructor(
    readonly feature: string,
    /** First mainline kernel that has it, as in "5.15". */
    readonly minimumKernel: string,
    readonly reason?: string,
  ) {
    super(
      `this kernel lacks ${feature}${reason === undefined ? '' : ` (${reason})`}: it needs Linux ${minimumKernel} or newer`,
    );
  }
}

/** Returns a system call's result, or throws what it means. */
export function check(
  result: number,
  syscall: string,
  asked: string,
  more: { cause?: string | undefined; hint?: string | undefined } = {},
): number {
  if (result >= 0) return result;
  throw new BpfError({ syscall, errno: -result, asked, ...more });
}
