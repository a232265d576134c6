import { BpfError, VerifierError } from 'ebpf-napi';
import type { FunctionMeans } from '../../probes/site.js';
import { ProgramLoadError } from '../load-error.js';

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

/** The kernel lets no program attach to a function by a means that it has. */
export class AttachRefused extends Error {
  override readonly name = 'AttachRefused';

  constructor(
    readonly means: FunctionMeans,
    override readonly cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

/**
 * What to do without, after an error of loading or attaching: a means that others can stand for. A complaint about an
 * instruction is one about the program and not about where it goes.
 */
export function refusedMeans(error: unknown): FunctionMeans | undefined {
  if (error instanceof AttachRefused) return error.means;
  if (!(error instanceof ProgramLoadError) || error.kind !== 'fentry') return undefined;
  const { cause } = error;
  return cause instanceof VerifierError && cause.instruction !== undefined ? undefined : 'fentry';
}
