/** `#include`, `#define` and `#if` without a C compiler on the machine. */
import type { Source } from '../source.js';
import { FileReader, type PreprocessOptions, Preprocessor, type PreprocessResult } from './preprocessor.js';

export type { FileLoader, PreprocessOptions, PreprocessResult } from './preprocessor.js';

export function preprocess(source: Source, options: PreprocessOptions = {}): PreprocessResult {
  const run = new Preprocessor(options);
  const text = new FileReader(run, source, 0).read();
  return { source: { name: source.name, text }, diagnostics: run.diagnostics, files: [...run.files] };
}

/** Has the text anything to preprocess? Cheap enough to ask of every script. */
export function needsPreprocessor(text: string): boolean {
  return /^[^\S\n]*#[^\S\n]*(?:include|define|undef|if|ifdef|ifndef|elif|else|endif)\b/m.test(text);
}
