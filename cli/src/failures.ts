/** What is wrong with a program, as the command says it. */
import { type Diagnostic, formatDiagnostic, locate } from '@dtrace/core';
import { complain } from './report.js';
import type { ProgramSource } from './sources.js';

export interface FailureOptions {
  /** -x errtags */
  readonly tags: boolean;
  /** One line and no more, for comparison with expected output. */
  readonly terse: boolean;
}

export function complainAbout(
  diagnostics: readonly Diagnostic[],
  programs: readonly ProgramSource[],
  options: FailureOptions,
): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  for (const error of options.terse ? errors.slice(0, 1) : errors)
    complain(failureText(error, programs, options));
}

function failureText(
  diagnostic: Diagnostic,
  programs: readonly ProgramSource[],
  options: FailureOptions,
): string {
  const { span } = diagnostic;
  // What is found in a library or in no place at all is the first program's misfortune.
  const program = programs.find(({ source }) => source.name === span?.source.name) ?? programs[0];
  const place = { main: program?.source.name ?? '', commandLine: program?.kind === 'description' };
  const head = formatDiagnostic(diagnostic, { ...place, tags: options.tags });
  const line = program === undefined ? head : `${program.complaint}: ${head}`;
  return options.terse ? line : line + details(diagnostic, head, { ...place, tags: options.tags });
}

/** Where exactly, under which tag, and the lines themselves. */
function details(
  diagnostic: Diagnostic,
  head: string,
  place: Parameters<typeof formatDiagnostic>[1],
): string {
  const color = process.stderr.isTTY === true && process.env.NO_COLOR === undefined;
  const full = formatDiagnostic(diagnostic, { ...place, frame: true, color });
  if (diagnostic.span === undefined) return `\n  --> [${diagnostic.tag}]${full.slice(head.length)}`;
  const { name, line, column } = locate(diagnostic.span.source, diagnostic.span.start);
  return `\n  --> ${name}:${line}:${column} [${diagnostic.tag}]${full.slice(head.length)}`;
}
