/** What the checks of operators share. */

import type { Expr } from '../checked.js';
import type { MessageId } from '../messages.js';
import type { Span } from '../source.js';
import type { Typed } from '../types/compatibility.js';
import type { Checking } from './state.js';
import { constantOf, isBad, type Value } from './values.js';

/** An operand for the compatibility rules. */
export const typed = (value: Value): Typed => ({ type: value.type, constant: constantOf(value) });

/** Reports operands whose types do not go with an operator, and with each other. */
export function incompatible(c: Checking, operator: string, left: Value, right: Value, span: Span): Expr {
  return c.bad('operator.incompatible', span, { left: left.type, operator, right: right.type });
}

/** Checks that both operands have the property; undefined when they do. */
export function require(
  c: Checking,
  id: MessageId,
  operator: string,
  operands: readonly Value[],
  holds: (value: Value) => boolean,
): Expr | undefined {
  const erroneous = operands.find(isBad);
  if (erroneous) return erroneous as Expr;
  const operand = operands.length === 1 ? 'an operand' : 'operands';
  const failing = operands.find((operand) => !holds(operand));
  return failing && c.bad(id, failing.span, { operator, operand, type: failing.type });
}
