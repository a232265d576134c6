/**
 * Pointers into scratch memory (alloca, copyin) are valid for one clause only and are checked differently from
 * others, so one variable holds either kind, never both.
 */
import type { Expr } from '../checked.js';
import type { Span } from '../source.js';
import { isPointer, spaceOf } from '../types/queries.js';
import { isMixedConditional } from './conditionals.js';
import type { VariableSymbol } from './scope.js';
import type { Checking } from './state.js';
import { constantOf } from './values.js';

/** Notes what kind of value was stored; true when it was reported that the kinds mix. */
export function rememberOrigin(c: Checking, symbol: VariableSymbol, value: Expr, span: Span): boolean {
  if (isMixedConditional(value)) {
    c.bad('scratch.conditional', span);
    return true;
  }
  if (constantOf(value) === 0n || !isPointer(value.type)) return false;
  const scratch = spaceOf(value.type) === 'scratch';
  if (scratch ? symbol.other : symbol.scratch) {
    c.bad('scratch.mixed', span, { name: symbol.name });
    return true;
  }
  if (scratch) symbol.scratch ??= span;
  else symbol.other ??= span;
  return false;
}
