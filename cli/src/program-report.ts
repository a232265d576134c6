/** What is said of each program before tracing: how many probes it matched and, under -v, its stability. */
import {
  type CompiledProgram,
  clauseStability,
  type RegisteredProbe,
  STRONGEST,
  weakest,
} from '@dtrace/core';
import type { Compiled } from './engine.js';
import type { Invocation } from './invocation.js';
import { descriptionText } from './list.js';
import { complain } from './report.js';
import type { ProgramSource } from './sources.js';
import { attributeLines, probeDetails } from './stability.js';

interface Part {
  readonly clause: CompiledProgram['checked']['clauses'][number];
  readonly matches: readonly RegisteredProbe[];
}

/** The clauses that came from one program. */
function partsOf({ checked, matches }: CompiledProgram, { source }: ProgramSource): readonly Part[] {
  return checked.clauses
    .map((clause, index) => ({ clause, matches: matches[index] ?? [] }))
    .filter(({ clause }) => clause.span.source.name === source.name);
}

export const reportMatches = ({ kind, name }: ProgramSource, count: number): void =>
  complain(`${kind} '${name}' matched ${count} probe${count === 1 ? '' : 's'}`);

/** Returns the number of matches. Text of -v goes to `write`, as it does to the output file. */
export function reportPrograms(
  { program, sources }: Compiled,
  invocation: Invocation,
  write: (text: string) => void,
): number {
  const { quiet } = program.options.consumer;
  let total = 0;
  for (const source of sources) {
    const parts = partsOf(program, source);
    const count = parts.reduce((sum, { matches }) => sum + matches.length, 0);
    total += count;
    if (!invocation.compileOnly && !quiet) reportMatches(source, count);
    if (invocation.verbose) write(stabilityText(source, parts, invocation.compileOnly));
  }
  return total;
}

function stabilityText({ kind, name }: ProgramSource, parts: readonly Part[], each: boolean): string {
  const clauses = parts.map(({ clause, matches }) => clauseStability(clause, matches));
  const description = clauses.map((stability) => stability.description).reduce(weakest, STRONGEST);
  const statement = clauses.map((stability) => stability.statements).reduce(weakest, STRONGEST);
  return [
    `\nStability attributes for ${kind} ${name}:\n`,
    '\n\tMinimum Probe Description Attributes\n',
    attributeLines(description),
    '\n\tMinimum Statement Attributes\n',
    attributeLines(statement),
    ...(each ? parts.map(partText) : ['\n']),
  ].join('');
}

function partText({ clause, matches: [first] }: Part): string {
  const details = first === undefined ? '' : probeDetails(first.probe, first.provider.attributes);
  return `\n${descriptionText(clause.description)}\n${details}`;
}
