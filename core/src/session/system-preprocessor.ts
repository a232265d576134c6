/** `-C`: the machine's own C preprocessor over a script, where there is one. Its complaints go where ours go. */
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CompileError } from '../language/diagnostics.js';
import { diagnostic } from '../language/messages.js';
import { parseFlag } from '../language/option-values.js';
import type { PreprocessOptions } from '../language/preprocessor/index.js';
import type { Source } from '../language/source.js';
import { COMPILER_WORDS } from './predefined.js';
import type { OptionSetting } from './run-options.js';

const DEFAULT_PATH = '/usr/bin/cpp';
const INPUT = '/dev/stdin';
const MOST_OUTPUT = 64 * 2 ** 20;

/** -X: how far the text is held to ISO C. */
const CONFORMANCE: Readonly<Record<string, string>> = {
  a: '-std=gnu99',
  c: '-std=c99',
  s: '-traditional-cpp',
  t: '-std=gnu99',
};

/** Preprocessors from before ISO C know no macros with a variable number of parameters. */
const compilerWords = (stdc: string | undefined): readonly string[] =>
  stdc === 's' ? COMPILER_WORDS.filter((word) => !word.includes('...')) : COMPILER_WORDS;

/** Whether a flag is on. */
export function isSet(settings: readonly OptionSetting[], name: string): boolean {
  const last = settings.findLast(([given]) => given === name);
  return last !== undefined && parseFlag(last[1]) === true;
}

export type SystemPreprocessor = (source: Source) => Source;

/** Undefined: nobody asked for it, or the machine has none and the built-in one does the work. */
export function systemPreprocessor(
  settings: readonly OptionSetting[],
  options: PreprocessOptions,
): SystemPreprocessor | undefined {
  const given = new Map(settings);
  if (!isSet(settings, 'cpp')) return undefined;
  const path = given.get('cpppath') ?? DEFAULT_PATH;
  if (!given.has('cpppath') && !existsSync(path)) return undefined;
  const args = [
    '-U__GNUC__',
    ...[...compilerWords(given.get('stdc')), ...(options.defines ?? [])].map((define) => `-D${define}`),
    ...(options.undefines ?? []).map((name) => `-U${name}`),
    ...(options.includePaths ?? []).map((folder) => `-I${folder}`),
    ...(isSet(settings, 'cpphdrs') ? ['-H'] : []),
    ...(CONFORMANCE[given.get('stdc') ?? ''] ? [CONFORMANCE[given.get('stdc') ?? '']!] : []),
    ...(given.get('cppargs') ?? '').split(/\s+/).filter((word) => word !== ''),
    INPUT,
  ];
  return (source) => run(path, args, source);
}

function run(path: string, args: readonly string[], source: Source): Source {
  // Loaded by who asks for it: loading takes longer than compiling most scripts.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  // The line that names the interpreter is none of C's business.
  const input = openNameless(source.text.replace(/^#!.*/, ''));
  const { status, stdout } = spawnSync(path, args, {
    argv0: basename(path),
    encoding: 'utf8',
    maxBuffer: MOST_OUTPUT,
    stdio: [input, 'pipe', 'inherit'],
  });
  closeSync(input);
  if (status !== 0) throw new CompileError([diagnostic('preprocessor.failed', undefined)]);
  const name = JSON.stringify(source.name);
  return { ...source, text: stdout.replace(/^(# \d+ )"(?:\/dev\/stdin|<stdin>)"/gm, `$1${name}`) };
}

/** A file that is gone but for its descriptor: preprocessors open their input by name, which a pipe does not allow. */
function openNameless(text: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'dtrace-'));
  try {
    const file = join(folder, 'input');
    writeFileSync(file, text);
    return openSync(file, 'r');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
