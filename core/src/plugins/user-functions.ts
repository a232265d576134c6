/** Functions of files as probe descriptions name them. */
import type { CodeFile } from '../host/elf/code-file.js';
import { functionName } from '../host/elf/function-table.js';
import { demangle, isMangled } from '../host/symbols/demangle.js';
import { isPattern, type NameMatcher, nameMatcher } from '../probes/glob.js';

/** A function of a file. */
export interface UserFunction {
  /** As the pattern that found it has names: mangled, or as in the source. */
  readonly name: string;
  /** As symbol tables have it. */
  readonly symbol: string;
  readonly address: number;
  /** Bytes, 0 when nobody knows. */
  readonly size: number;
}

/** Symbols without a size, which are those of assembly, reach to the next one, and not further than this. */
const LONGEST_UNSIZED = 4096;

function sizeOf({ functions: { addresses, sizes } }: CodeFile, index: number): number {
  const size = sizes[index] as number;
  if (size > 0) return size;
  const start = addresses[index] as number;
  let next = index + 1;
  while (addresses[next] === start) next++;
  return Math.min(LONGEST_UNSIZED, (addresses[next] ?? start + LONGEST_UNSIZED) - start);
}

type Written = (symbol: string) => readonly string[];

function* search(code: CodeFile, matches: NameMatcher, written: Written) {
  const { functions } = code;
  const seen = new Set<string>();
  for (let index = 0; index < functions.addresses.length; index++) {
    const symbol = functionName(functions, index);
    const name = written(symbol).find(matches);
    const address = functions.addresses[index] as number;
    // A full table and a dynamic one name the same functions; some have one name under several versions.
    const key = `${name} ${address}`;
    if (name === undefined || name === '' || seen.has(key)) continue;
    seen.add(key);
    yield { name, symbol, address, size: sizeOf(code, index) };
  }
}

/** `ns::f(int)`, and `ns::f` for who does not care. */
function sourceNames(name: string): readonly string[] {
  if (!isMangled(name)) return [];
  const full = demangle(name);
  const short = full.replace(/\(.*$/s, '');
  return [full, short];
}

/** Names in C++ and Rust sources have what those of symbols cannot have. */
const mayBeSourceName = (pattern: string): boolean => /[:<(~ ]/.test(pattern) || isPattern(pattern);

/** Symbols have a plain name with its length before it: others need not be taken apart. */
function sourceNamesWith(name: string): Written {
  const part = `${name.length}${name}`;
  return (symbol) => (symbol.includes(part) ? sourceNames(symbol) : []);
}

/**
 * The functions that a pattern matches, by ascending address. Names as in the source are tried where no symbol's own name
 * matches: taking names apart takes time.
 */
export function functionsOf(code: CodeFile, pattern: string): readonly UserFunction[] {
  const matches = nameMatcher(pattern);
  const found = [...search(code, matches, (name) => [name])];
  if (found.length > 0) return found;
  return [...search(code, matches, mayBeSourceName(pattern) ? sourceNames : sourceNamesWith(pattern))];
}

const COLD = /\.cold(\.\d+)?$/;

/** Compilers move what is seldom executed out of a function, into a symbol of its own. */
export const wholeName = (symbol: string): string => symbol.replace(COLD, '');

const coldParts = new WeakMap<CodeFile, ReadonlyMap<string, UserFunction>>();

/** The part of a function that was moved out of it, if there is one. */
export function coldPart(code: CodeFile, symbol: string): UserFunction | undefined {
  let parts = coldParts.get(code);
  if (parts === undefined) {
    const found = search(
      code,
      (name) => COLD.test(name),
      (name) => [name],
    );
    parts = new Map(Array.from(found, (part) => [wholeName(part.symbol), part]));
    coldParts.set(code, parts);
  }
  return parts.get(symbol);
}

/** All names, for "did you mean". */
export function functionNames({ functions }: CodeFile): readonly string[] {
  return Array.from(functions.addresses, (_, index) => functionName(functions, index));
}
