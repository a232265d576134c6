import { BpfError } from 'ebpf-napi';

export interface RefusedProbe {
  readonly probe: number;
  readonly error: unknown;
}

/** The kernel hides addresses, or nothing there has the name. */
export const NO_ADDRESS = new Error('the kernel does not tell its address');

/** Errors that every other function would meet as well. */
const GENERAL: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'ENOMEM', 'EMFILE', 'ENFILE', 'EBADF']);

/** Whether the kernel refuses this function, and not attaching as such. */
export const isAboutTarget = (error: unknown): boolean =>
  !(error instanceof BpfError) || !GENERAL.has(error.code);

/** Names the probes that are left out. Throws when nothing is left. */
export function reportRefused(
  refused: readonly RefusedProbe[],
  attached: number,
  leftOut: ((probe: number, reason: string) => void) | undefined,
): void {
  const [first] = refused;
  if (first === undefined) return;
  if (attached === 0) throw first.error;
  for (const { probe, error } of refused)
    leftOut?.(probe, error instanceof Error ? error.message : String(error));
}
