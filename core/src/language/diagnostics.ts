/** Errors are data: an id, a place and values. The texts live in `messages.ts`, printing at the edge. */
import type { Span } from './source.js';

export interface Diagnostic {
  /** DTrace's own tag where it has one: D_SYNTAX, D_PROTO_ARG, … */
  readonly tag: string;
  /** Key into the message table; several messages share one tag. */
  readonly id: string;
  readonly span?: Span;
  /**
   * Where a reader who goes from word to word notices, if that is further on than the span: the line every DTrace
   * names. Code frames show the span.
   */
  readonly noticed?: number;
  readonly values: Readonly<Record<string, string | number | bigint>>;
  readonly severity: 'error' | 'warning';
  /** "did you mean …", or what to do. */
  readonly hint?: string;
}

/** Thrown when compilation cannot go on; carries everything found so far. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics[0] ? `${diagnostics[0].tag}: ${diagnostics[0].id}` : 'compilation failed');
  }
}
