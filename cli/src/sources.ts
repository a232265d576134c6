/** The programs of a command line as texts to compile, and how messages speak of each. */
import { readFileSync } from 'node:fs';
import type { SourceText } from '@dtrace/core';
import type { ProgramArgument } from './invocation.js';
import { CommandError } from './report.js';
import { reasonOf } from './system-error.js';
import { descriptionOf } from './words.js';

export interface ProgramSource {
  readonly source: SourceText;
  /** In `script 'x.d' matched 2 probes`. */
  readonly kind: 'script' | 'description';
  readonly name: string;
  /** Before what is wrong with it. */
  readonly complaint: string;
}

export function programSource(program: ProgramArgument, index: number): ProgramSource {
  if (program.kind === 'script') {
    const { path } = program;
    const source = { name: path, text: readScript(path) };
    return { source, kind: 'script', name: path, complaint: `failed to compile script ${path}` };
  }
  const { text, specifier } = program;
  return {
    // The name tells the arguments of one command line apart.
    source: { name: `argument ${index + 1}`, text, abbreviation: specifier },
    kind: 'description',
    name: descriptionOf(text),
    complaint: `invalid probe specifier ${text}`,
  };
}

function readScript(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(`failed to open ${path}: ${reasonOf(error)}`);
  }
}
