/** Which expressions denote a place, and which places may be written. */
import type { Expr, Target } from '../checked.js';
import { isCharArray, isString, resolve } from '../types/queries.js';
import { isWritableAddress } from './build.js';

export function isLvalue(expr: Expr): boolean {
  switch (expr.kind) {
    case 'variable':
    case 'element':
    case 'builtin':
    case 'builtin-element':
    case 'arg':
    case 'probe-arg':
    case 'temp':
      return true;
    case 'load':
      // C has no array lvalues; a character array standing for a string is one in D.
      return resolve(expr.type).kind !== 'array' || isString(expr.type) || isCharArray(expr.type);
    case 'convert':
      // A bit field widened to its declared type.
      return expr.operand.kind === 'load' && expr.operand.bits !== undefined;
    case 'let':
      return isLvalue(expr.body);
    default:
      return false;
  }
}

/** The place itself when it may be written; undefined when it is read-only or no place at all. */
export function writableTarget(expr: Expr): Target | undefined {
  if (expr.kind === 'variable' || expr.kind === 'element') return expr;
  const place = expr.kind === 'convert' && isLvalue(expr) ? expr.operand : expr;
  return place.kind === 'load' && isWritableAddress(place.address) ? place : undefined;
}
