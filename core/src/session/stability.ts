/** How stable what a program uses is: reported under -v, and demanded by -x amin. */
import { forEachExpr } from '../compiler/walk.js';
import type { CheckedClause } from '../language/checked.js';
import { diagnostic } from '../language/messages.js';
import {
  argumentAttributes,
  attributes,
  attributesText,
  descriptionAttributes,
  isAtLeast,
  parseAttributes,
  probeAttributes,
  STRONGEST,
  weakest,
} from '../probes/attributes.js';
import type { Attributes } from '../probes/provider.js';
import type { RegisteredProbe } from '../probes/registry.js';

export interface ClauseStability {
  readonly description: Attributes;
  readonly statements: Attributes;
}

/** Variables whose data the kernel may lay out otherwise tomorrow. */
const PRIVATE_DATA = new Set(['curthread']);

export function clauseStability(clause: CheckedClause, matches: readonly RegisteredProbe[]): ClauseStability {
  const { description } = clause;
  const provider =
    description.kind === 'probe-id' ? (matches[0]?.probe.provider ?? '') : description.provider;
  const names = matches.map(({ probe, provider: { attributes: promised } }) =>
    probeAttributes(probe, promised),
  );
  let statements = matches
    .map(({ probe, provider: { attributes: promised } }) => argumentAttributes(probe, promised))
    .reduce(weakest, STRONGEST);
  forEachExpr(clause, (expr) => {
    if (expr.kind === 'builtin' && PRIVATE_DATA.has(expr.name)) {
      statements = weakest(statements, attributes('Stable', 'Private', 'Common'));
    }
  });
  return { description: descriptionAttributes(provider, names), statements };
}

/** What is less stable than -x amin demands. */
export function unstableClauses(
  clauses: readonly CheckedClause[],
  matches: readonly (readonly RegisteredProbe[])[],
  amin: string,
) {
  const least = parseAttributes(amin);
  if (least === undefined) return [];
  return clauses.flatMap((clause, index) => {
    const { description, statements } = clauseStability(clause, matches[index] ?? []);
    const found = weakest(description, statements);
    if (isAtLeast(found, least)) return [];
    return [diagnostic('clause.unstable', clause.span, { attributes: attributesText(found) })];
  });
}
