import type { Host } from '@dtrace/core/provider';

/** Where a machine keeps what system calls carry, in D over the tracepoints' args[] (args[0] is the registers). */
export interface Machine {
  readonly arguments: readonly string[];
  /** Number of the call that returns; tracepoint sys_exit does not say it. */
  readonly number: string;
  /** True for callers with 64-bit system calls: others have other numbers. */
  readonly native: string;
  /** Any of these functions is there when the kernel serves 32-bit programs at all. */
  readonly compatFunctions: readonly string[];
}

export const MACHINES: Readonly<Record<Host['arch'], Machine>> = {
  x64: {
    arguments: ['di', 'si', 'dx', 'r10', 'r8', 'r9'].map((register) => `args[0]->${register}`),
    number: 'args[0]->orig_ax',
    // TS_COMPAT
    native: '(curthread->thread_info.status & 2) == 0',
    compatFunctions: ['ia32_sys_call', 'do_int80_emulation', 'do_int80_syscall_32', 'do_fast_syscall_32'],
  },
  arm64: {
    arguments: ['args[0]->orig_x0', ...[1, 2, 3, 4, 5].map((register) => `args[0]->regs[${register}]`)],
    number: 'args[0]->syscallno',
    // TIF_32BIT
    native: '(curthread->thread_info.flags & 0x400000) == 0',
    compatFunctions: ['do_el0_svc_compat'],
  },
};

/** The guard that a kernel needs which also serves 32-bit programs. */
export function nativeGuard(host: Host): string | undefined {
  const { native, compatFunctions } = MACHINES[host.arch];
  const foreign = host.remember('syscall compat', () =>
    compatFunctions.some((name) => host.hasFunction(name)),
  );
  return foreign ? native : undefined;
}
