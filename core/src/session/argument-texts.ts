/** What the arguments that scripts look at are made of: it decides which of our library they need. */
import type { Program, TopLevel } from '../language/ast.js';
import type { Source } from '../language/source.js';
import type { RunContext } from './check-context.js';

const textOf = ({ span }: TopLevel): string => span.source.text.slice(span.start, span.end);
const looksAtArguments = (declaration: TopLevel): boolean => /\bargs\b/.test(textOf(declaration));

/** The texts that programs were read from: after preprocessing. */
export const sourcesOf = (programs: readonly Program[]): readonly Source[] => [
  ...new Set(programs.flatMap(({ declarations }) => declarations.map(({ span }) => span.source))),
];

/** Types and D texts of the typed arguments of the probes whose clauses look at them. */
export function argumentTexts(programs: readonly Program[], context: RunContext): readonly string[] {
  const all = programs.flatMap(({ declarations }) => declarations);
  // What other declarations make of args[] may be used by any clause.
  const everywhere = all.some((each) => each.kind !== 'clause' && looksAtArguments(each));
  const clauses = all.flatMap((each) =>
    each.kind === 'clause' && (everywhere || looksAtArguments(each)) ? [each] : [],
  );
  const probes = clauses.flatMap((clause) => clause.probes.flatMap((probe) => context.match(probe)));
  const layouts = new Set(probes.map(({ probe }) => probe.arguments));
  return [...layouts].flatMap(({ args, declarations = '' }) => [
    declarations,
    ...args.flatMap(({ type, value, translated = '' }) => [type, value, translated]),
  ]);
}
