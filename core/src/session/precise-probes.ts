import { forEachExpr } from '../compiler/walk.js';
import type { CheckedClause } from '../language/checked.js';
import type { RegisteredProbe } from '../probes/registry.js';

type Matches = readonly (readonly RegisteredProbe[])[];

function usedArguments(clause: CheckedClause): ReadonlySet<number> {
  const used = new Set<number>();
  forEachExpr(clause, (expr) => {
    if (expr.kind === 'arg') used.add(expr.index);
  });
  return used;
}

/**
 * Takes the precise form of the probes that have one, where some clause needs it. All clauses of a probe get the same form:
 * they are to run in the order written, at one place.
 */
export function preciseProbes(clauses: readonly CheckedClause[], matches: Matches, always: boolean): Matches {
  if (!matches.flat().some(({ probe }) => probe.precise)) return matches;
  const needed = new Set<number>();
  for (const [index, clause] of clauses.entries()) {
    const used = usedArguments(clause);
    for (const { id, probe } of matches[index] ?? []) {
      if (always || probe.precise?.uses.some((argument) => used.has(argument))) needed.add(id);
    }
  }
  const made = new Map<number, RegisteredProbe>();
  const precise = (registered: RegisteredProbe): RegisteredProbe => {
    const { id, probe } = registered;
    if (!needed.has(id) || probe.precise === undefined) return registered;
    let other = made.get(id);
    if (other === undefined) {
      other = { ...registered, probe: { ...probe, ...probe.precise.make() } };
      made.set(id, other);
    }
    return other;
  };
  return matches.map((probes) => probes.map(precise));
}
