/** --check: what is wrong with programs, a JSON object a line, for editors. Nothing is loaded, no rights are needed. */
import { CompileError, type Diagnostic, type DTrace, locate, messageText } from '@dtrace/core';
import { compileSources } from './engine.js';
import type { Invocation } from './invocation.js';
import { EXIT } from './report.js';
import { programSource } from './sources.js';
import type { Writer } from './writer.js';

/** Lines and columns count from 1; the end is behind the last character. */
function line(diagnostic: Diagnostic): string {
  const { span, severity, tag, id, hint } = diagnostic;
  const start = span && locate(span.source, span.start);
  const end = span && locate(span.source, span.end);
  return `${JSON.stringify({
    ...(start && { file: start.name, line: start.line, column: start.column }),
    ...(end && { endLine: end.line, endColumn: end.column }),
    severity,
    tag,
    id,
    message: messageText(diagnostic),
    ...(hint !== undefined && { hint }),
  })}\n`;
}

function diagnose(engine: DTrace, invocation: Invocation): readonly Diagnostic[] {
  try {
    return compileSources(engine, invocation, invocation.programs.map(programSource)).diagnostics;
  } catch (error) {
    if (error instanceof CompileError) return error.diagnostics;
    throw error;
  }
}

/** Status 1: there are errors. */
export function check(engine: DTrace, invocation: Invocation, openWriter: () => Writer): number {
  const found = diagnose(engine, invocation);
  openWriter().write(found.map(line).join(''));
  return found.some(({ severity }) => severity === 'error') ? EXIT.error : EXIT.success;
}
