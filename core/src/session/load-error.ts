import { VerifierError } from 'ebpf-napi';
import type { ProgramImage, SourceLine, TraceImage } from '../compiler/image.js';

/** The kernel refused a program. Says where in the script the refused instruction comes from. */
export class ProgramLoadError extends Error {
  override readonly name = 'ProgramLoadError';
  /** The verifier's complaint, without its trace. */
  readonly summary: string;
  /** The whole verifier log, where there is one. */
  readonly log: string | undefined;

  constructor(
    readonly program: string,
    /** Of the sites it was for. */
    readonly kind: string,
    /** The line of D, where known. */
    readonly source: SourceLine | undefined,
    override readonly cause: unknown,
  ) {
    const verifier = cause instanceof VerifierError ? cause : undefined;
    const summary = verifier?.summary ?? (cause instanceof Error ? cause.message : String(cause));
    const place = source === undefined ? '' : ` at ${source.name}:${source.line}: ${source.text.trim()}`;
    super(`the kernel refused program ${program}${place}: ${summary}`);
    this.summary = summary;
    this.log = verifier?.log;
  }
}

/** The source of an instruction, or of the nearest one before it that has any. */
function sourceOf(image: TraceImage, program: ProgramImage, instruction: number): SourceLine | undefined {
  for (let i = Math.min(instruction, program.instructions.length - 1); i >= 0; i--) {
    const source = program.instructions[i]?.source;
    if (source !== undefined) return image.sources[source];
  }
  return undefined;
}

export function loadError(image: TraceImage, program: ProgramImage, error: unknown): ProgramLoadError {
  const at = error instanceof VerifierError ? error.instruction : undefined;
  return new ProgramLoadError(
    program.name,
    program.kind,
    at === undefined ? undefined : sourceOf(image, program, at),
    error,
  );
}
