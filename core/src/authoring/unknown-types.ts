import type { GlobalScope } from '../language/checker/index.js';
import { BOOL, LONG } from '../language/types/basic.js';
import type { Type, TypeSource } from '../language/types.js';
import { definitionsOf } from '../session/needed-libraries.js';

const PROBE = /\bprobe\s+\w+\s*\(([^()]*)\)(?:\s*:\s*\(([^()]*)\))?/g;
const QUALIFIERS = /\b(?:const|volatile|register|userland|restrict)\b/g;
const WORDS = new Set(
  'void char short int long float double signed unsigned _Bool string struct union enum'.split(' '),
);

/** What C's own headers define, and D does not know by itself. */
const STANDARD: Readonly<Record<string, Type>> = { bool: BOOL };

/** Names that stand in parameter lists of probes where a type does. */
function* typesNamed(text: string): Generator<string> {
  for (const [, ...lists] of text.matchAll(PROBE)) {
    for (const parameter of lists.join(',').split(',')) {
      const first = /^\s*([A-Za-z_]\w*)/.exec(parameter.replace(QUALIFIERS, ''))?.[1];
      if (first !== undefined && !WORDS.has(first)) yield first;
    }
  }
}

/**
 * Many programs name types of their own that their provider file does not define: only their code has to know them.
 * Such a type is declared as a word. Returns their names.
 */
export function declareUnknownTypes(text: string, scope: GlobalScope, types: TypeSource): readonly string[] {
  const defined = definitionsOf(text);
  const unknown = [...new Set(typesNamed(text))].filter(
    (name) => !defined.has(name) && !scope.typedefs.has(name) && types.findTypedef(name) === undefined,
  );
  for (const name of unknown) scope.typedefs.set(name, { kind: 'typedef', name, to: STANDARD[name] ?? LONG });
  return unknown.filter((name) => !(name in STANDARD));
}
