/** Constant expressions, where the language asks for one. */
import type { Expression } from '../ast.js';
import type { DiagnosticExtras, MessageId } from '../messages.js';
import { checkValue } from './expressions.js';
import type { Checking } from './state.js';
import { constantOf, isBad } from './values.js';

/** The value of an integer constant expression; the message says what was expected. */
export function constantValue(
  c: Checking,
  e: Expression,
  id: MessageId,
  values: Record<string, string> = {},
  extras: DiagnosticExtras = {},
): bigint | undefined {
  const value = checkValue(c, e);
  if (isBad(value)) return undefined;
  const known = constantOf(value);
  if (known === undefined) c.bad(id, e.span, values, extras);
  return known;
}

export function positiveConstant(
  c: Checking,
  e: Expression,
  id: MessageId,
  values: Record<string, string> = {},
): bigint | undefined {
  const known = constantValue(c, e, id, values);
  if (known === undefined || known > 0n) return known;
  c.bad(id, e.span, values);
  return undefined;
}
