/** Clauses: checked once for every probe description, because args[] may differ. */
import type { Clause, ProbeDescription, ProbeNumber } from '../ast.js';
import type { CheckedClause, Expr } from '../checked.js';
import type { Diagnostic } from '../diagnostics.js';
import { nextToken } from '../lexer/trivia.js';
import { isScalar } from '../types/queries.js';
import { checkOrder } from './clause-order.js';
import { checkValue } from './expressions.js';
import type { Checking } from './state.js';
import { checkBlock } from './statements.js';
import { isBad } from './values.js';
import { erroneousVariables } from './variables.js';

export function checkClause(c: Checking, clause: Clause, position: number): CheckedClause[] {
  return clause.probes.map((description) => checkFor(c, clause, description, position));
}

function checkFor(
  c: Checking,
  clause: Clause,
  description: ProbeDescription | ProbeNumber,
  position: number,
): CheckedClause {
  noteArguments(c, description);
  const probe = c.context.probes(description);
  if (probe.count === 0 && !c.context.options.zeroMatches && !c.scope.settings.zeroMatches)
    reportNoMatch(c, description, probe.whyNone?.());
  c.probe = probe;
  c.calls = [];
  const { predicate, body } = checkParts(c, clause);
  checkOrder(c, c.calls);
  c.probe = undefined;
  return {
    span: clause.span,
    description,
    clause: position,
    // `{ }` traces that the probe fired, just as no body does.
    defaultAction: clause.body === undefined || clause.body.length === 0,
    body,
    ...(predicate && { predicate }),
  };
}

/** `$1` in a description uses the first argument. */
function noteArguments(c: Checking, description: ProbeDescription | ProbeNumber): void {
  if (description.kind === 'probe-id') return;
  const { provider, module, function: func, name } = description;
  for (const [, number] of `${provider}:${module}:${func}:${name}`.matchAll(/\$\$?(\d+)/g))
    c.scope.usedArguments.add(Number(number));
}

/** A variable first assigned in the body may be tested in the predicate, and the other way round. */
function checkParts(
  c: Checking,
  clause: Clause,
): { predicate: Expr | undefined; body: CheckedClause['body'] } {
  const before = c.diagnostics.length;
  const erroneous = new Set(erroneousVariables(c));
  const first = checkBlock(c, clause.body ?? []);
  const predicate = clause.predicate && checkPredicate(c, clause);
  const found = c.diagnostics.slice(before);
  if (!predicate || !found.some(isUndefined)) return { predicate, body: first };
  // The predicate may have created what the body lacked: only what is still wrong now is reported.
  c.forget(found);
  for (const symbol of erroneousVariables(c)) if (!erroneous.has(symbol)) delete symbol.variable;
  c.calls = [];
  const again = checkPredicate(c, clause);
  return { body: checkBlock(c, clause.body ?? []), predicate: again };
}

const isUndefined = (d: Diagnostic): boolean => d.tag === 'D_IDENT_UNDEF' || d.tag === 'D_VAR_UNDEF';

function checkPredicate(c: Checking, clause: Clause): Expr | undefined {
  const { predicate, span } = clause;
  if (!predicate) return undefined;
  const { text } = span.source;
  c.noticed = nextToken(text, nextToken(text, predicate.span.end) + 1);
  const value = checkValue(c, predicate);
  c.noticed = undefined;
  if (isBad(value) || isScalar(value.type)) return value;
  return c.bad('predicate.scalar', predicate.span, { type: value.type }, { noticed: span.end - 1 });
}

function reportNoMatch(
  c: Checking,
  description: ProbeDescription | ProbeNumber,
  reason: string | undefined,
): void {
  if (description.kind === 'probe-id') {
    c.bad('probe.number', description.span, { id: description.id });
    return;
  }
  const { provider, module, function: func, name } = description;
  const full = `${provider}:${module}:${func}:${name}`;
  const extras = reason === undefined ? {} : { hint: reason };
  c.bad('probe.none', description.span, { description: full }, extras);
}
