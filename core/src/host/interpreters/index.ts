import { basename } from 'node:path';
import type { CodeFile } from '../elf/code-file.js';
import { type Mapping, parseMaps } from '../symbols/memory-map.js';
import type { FindInterpreter, Interpreter, LoadedFile } from './interpreter.js';
import { findPython } from './python.js';
import { findRuby } from './ruby.js';

export type { Interpreter } from './interpreter.js';

const KINDS: readonly FindInterpreter[] = [findPython, findRuby];
/** Files of interpreters, and the one that all of them need something of. */
const INTERESTING = /^(?:(?:lib)?python|libruby|libc\.so)/;

/** A file as a process sees it. */
type Open = (tgid: number, path: string) => CodeFile | undefined;

/** What processes interpret scripts by. */
export class Interpreters {
  readonly #known = new Map<string, Interpreter | undefined>();

  constructor(
    private readonly maps: (tgid: number) => string | undefined,
    private readonly open: Open,
  ) {}

  of(tgid: number): Interpreter | undefined {
    const mappings = parseMaps(this.maps(tgid) ?? '').filter(({ path }) => INTERESTING.test(basename(path)));
    const key = mappings.map(({ start, file }) => `${start} ${file}`).join();
    if (!this.#known.has(key)) this.#known.set(key, this.#find(tgid, mappings));
    return this.#known.get(key);
  }

  #find(tgid: number, mappings: readonly Mapping[]): Interpreter | undefined {
    try {
      const files = [...loadedFiles(mappings, (path) => this.open(tgid, path))];
      for (const find of KINDS) {
        const found = find(files);
        if (found !== undefined) return found;
      }
    } catch {
      // It has ended, and its files are out of reach with it.
    }
    return undefined;
  }
}

function* loadedFiles(
  mappings: readonly Mapping[],
  open: (path: string) => CodeFile | undefined,
): Generator<LoadedFile> {
  for (const { path, start, end, offset } of mappings) {
    const code = open(path);
    const segment = code?.segments.find(
      (each) => each.offset < offset + (end - start) && each.offset + each.fileSize > offset,
    );
    if (code === undefined || segment === undefined) continue;
    yield { name: basename(path), code, bias: start - (segment.address + offset - segment.offset) };
  }
}
