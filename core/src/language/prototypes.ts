/**
 * Prototypes as the manuals write them: `string(string, int, [int])`. `@` takes anything, `[…]` may be left out,
 * `...` takes any number of anything. A `string` parameter, also written `const char *`, takes `char *` and `char []`
 * as well.
 */
import { pointerTo, predefinedTypedefs, STRING, wordsType } from './types/basic.js';
import type { Type } from './types.js';

/** compiled: works. planned: the compiler does not know it yet. Otherwise why it cannot work on Linux. */
export type Support = 'compiled' | 'planned' | { readonly absent: string };

export interface PrototypeParameter {
  /** undefined: anything. */
  readonly type?: string;
  /** How messages write the type, where not as it is. */
  readonly shown?: string;
  readonly optional: boolean;
}

export const shownAs = ({ shown, type = '' }: PrototypeParameter): string => shown ?? type;

export interface Prototype {
  readonly name: string;
  readonly returns: string;
  readonly parameters: readonly PrototypeParameter[];
  readonly variadic: boolean;
  readonly support: Support;
  /** Changes the traced system: needs -w. */
  readonly destructive: boolean;
}

/** Finds types the table cannot know: those of the kernel and of the D library. */
export type TypeFinder = (kind: 'struct' | 'name', name: string) => Type | undefined;

export function prototype(name: string, text: string, support: Support, destructive = false): Prototype {
  const open = text.indexOf('(');
  const parts = text.slice(open + 1, -1).split(',');
  const parameters = parts.map((part) => part.trim()).filter((part) => part !== '');
  return {
    name,
    returns: text.slice(0, open),
    variadic: parameters.at(-1) === '...',
    parameters: parameters.filter((part) => part !== '...').map(parameter),
    support,
    destructive,
  };
}

function parameter(text: string): PrototypeParameter {
  const optional = text.startsWith('[');
  const type = optional ? text.slice(1, -1) : text;
  if (type === 'const char *') return { type: 'string', shown: 'char *', optional };
  return type === '@' ? { optional } : { type, optional };
}

export function prototypeTable(prototypes: readonly Prototype[]): ReadonlyMap<string, Prototype> {
  return new Map(prototypes.map((entry) => [entry.name, entry]));
}

export const requiredCount = (entry: Prototype): number => entry.parameters.filter((p) => !p.optional).length;

/** The type a table text names; undefined when this kernel or library has no such type. */
export function tableType(text: string, find: TypeFinder): Type | undefined {
  if (text.endsWith('*')) {
    const to = tableType(text.slice(0, -1).trim(), find);
    return to && pointerTo(to);
  }
  if (text === 'string') return STRING;
  if (text.startsWith('struct ')) return find('struct', text.slice('struct '.length));
  return wordsType(text.split(' ')) ?? predefinedTypedefs.get(text) ?? find('name', text);
}
