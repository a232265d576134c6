import type { CodeFile } from '../elf/code-file.js';

/** What it takes to find the frames of scripts in a process that interprets them. */
export interface Interpreter {
  readonly kind: 'python' | 'ruby';
  /** Addresses in the process: the code of the function that executes scripts, and where looking begins. */
  readonly start: number;
  readonly length: number;
  readonly root: number;
  /** Where its structures have what; by kind. */
  readonly words: Readonly<Record<string, number>>;
}

/** A file that a process has mapped as code. */
export interface LoadedFile {
  readonly name: string;
  readonly code: CodeFile;
  /** What to add to an address of the file to have that in the process. */
  readonly bias: number;
}

/** Looks for one kind of interpreter among the files of a process. */
export type FindInterpreter = (files: readonly LoadedFile[]) => Interpreter | undefined;
