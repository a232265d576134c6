/** What the compiler finds that the checker cannot know: a `CompileError` like any other. */
import { CompileError } from '../language/diagnostics.js';
import { diagnostic, type MessageId } from '../language/messages.js';
import type { Span } from '../language/source.js';

export function refuse(id: MessageId, span: Span, values: Readonly<Record<string, string | number>>): never {
  throw new CompileError([diagnostic(id, span, values)]);
}

/** The checker let a name pass that nothing compiles. */
export const noCode = (name: string, span: Span): never => refuse('support.no-code', span, { name });
