/** What this process may do, and which signals it was told to ignore. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const CAPABILITY = { SYS_ADMIN: 21n, PERFMON: 38n, BPF: 39n } as const;

function mask(field: string): bigint {
  try {
    const found = new RegExp(`^${field}:\\s*([0-9a-f]+)$`, 'm').exec(
      readFileSync('/proc/self/status', 'latin1'),
    );
    return found ? BigInt(`0x${found[1]}`) : 0n;
  } catch {
    return 0n;
  }
}

export function mayTrace(): boolean {
  if (process.geteuid?.() === 0) return true;
  const held = mask('CapEff');
  const has = (capability: bigint) => ((held >> capability) & 1n) === 1n;
  return has(CAPABILITY.SYS_ADMIN) || (has(CAPABILITY.BPF) && has(CAPABILITY.PERFMON));
}

/** In the background of a shell without job control SIGINT is ignored, and stays so. */
export function isIgnored(signal: number): boolean {
  return ((mask('SigIgn') >> BigInt(signal - 1)) & 1n) === 1n;
}

/** Scripts leave their tracer out by its execname, which without this would be `node`. All threads have one. */
export function nameThreads(name: string): void {
  try {
    for (const thread of readdirSync('/proc/self/task'))
      writeFileSync(`/proc/self/task/${thread}/comm`, name);
  } catch {
    // A thread that ended meanwhile, or no /proc: the name is a nicety.
  }
}

/** Set by a test suite of another DTrace, which wants messages in its own form. */
export const isTesting = (): boolean => process.env._DTRACE_TESTING !== undefined;
