/** Checks expressions: one function per kind of node. */

import type { Expression } from '../ast.js';
import type { Expr } from '../checked.js';
import { bytesOfText } from '../text-bytes.js';
import { fits, literalType } from '../types/arithmetic.js';
import { INT, LONG, stringOf, UNSIGNED_INT, UNSIGNED_LONG } from '../types/basic.js';
import { isDynamic } from '../types/queries.js';
import { checkAggregation } from './aggregation-references.js';
import { checkAssignment, checkUpdate } from './assignments.js';
import { checkBinary } from './binary.js';
import { constant } from './build.js';
import { checkCall } from './calls.js';
import { checkCast, checkOffsetof, checkSizeof, checkStringof } from './casts.js';
import { checkConditional } from './conditionals.js';
import { checkIdentifier, checkScoped } from './identifiers.js';
import { checkIndex } from './indexing.js';
import { checkMacro } from './macros.js';
import { checkMember } from './members.js';
import type { Checking } from './state.js';
import { checkSymbol } from './symbols.js';
import { checkXlate, materialize } from './translations.js';
import { checkUnary } from './unary.js';
import { isBad, isExpr, type Value } from './values.js';

type Checkers = {
  readonly [K in Expression['kind']]: (c: Checking, e: Extract<Expression, { readonly kind: K }>) => Value;
};

const checkers: Checkers = {
  integer: checkInteger,
  // More than four characters make a wider number.
  character: (_c, e) =>
    constant(fits(INT, e.value) || fits(UNSIGNED_INT, e.value) ? INT : LONG, e.value, e.span),
  float: (c, e) => c.bad('expression.float', e.span, { text: e.text }),
  string: (_c, e) => ({
    kind: 'string',
    type: stringOf(bytesOfText(e.value).length + 1),
    value: e.value,
    span: e.span,
  }),
  identifier: (c, e) => checkIdentifier(c, e, false),
  symbol: checkSymbol,
  scoped: (c, e) => checkScoped(c, e, false),
  macro: checkMacro,
  aggregation: (c, e) => checkAggregation(c, e, false),
  call: checkCall,
  index: (c, e) => checkIndex(c, e, false),
  member: checkMember,
  unary: checkUnary,
  update: checkUpdate,
  binary: checkBinary,
  conditional: checkConditional,
  assignment: checkAssignment,
  comma: checkComma,
  cast: checkCast,
  sizeof: checkSizeof,
  offsetof: checkOffsetof,
  stringof: checkStringof,
  xlate: checkXlate,
};

/** What an expression is. Undefined variables are reported; other unusual values are left to the place that uses them. */
export function check(c: Checking, e: Expression): Value {
  const value = (checkers[e.kind] as (c: Checking, e: Expression) => Value)(c, e);
  return value.kind === 'untyped' ? undefinedVariable(c, value) : value;
}

/** What an assignment writes to: like `check`, but a variable may be met here for the first time. */
export function checkTarget(c: Checking, e: Expression): Value {
  switch (e.kind) {
    case 'identifier':
      return checkIdentifier(c, e, true);
    case 'scoped':
      return checkScoped(c, e, true);
    case 'index':
      return checkIndex(c, e, true);
    case 'aggregation':
      return checkAggregation(c, e, true);
    default:
      return check(c, e);
  }
}

/** An expression whose value is used. */
export function checkValue(c: Checking, e: Expression): Expr {
  return evaluated(c, check(c, e));
}

export function evaluated(c: Checking, value: Value): Expr {
  if (isExpr(value)) return value;
  switch (value.kind) {
    case 'action':
      return c.bad('expression.action', value.span, { name: value.name });
    case 'aggregating':
      return c.bad('expression.aggregating', value.span, { name: value.name });
    case 'aggregation':
      return c.bad('expression.aggregation', value.span, { name: value.symbol.name });
    case 'untyped':
      return undefinedVariable(c, value);
    case 'translated':
      return materialize(c, value);
  }
}

const scopePrefix = { global: '', self: 'self->', this: 'this->' } as const;

function undefinedVariable(c: Checking, value: Extract<Value, { kind: 'untyped' }>): Expr {
  const { scope, name } = value.symbol;
  return c.bad('variable.undefined', value.span, { name: scopePrefix[scope] + name });
}

function checkInteger(c: Checking, e: Extract<Expression, { kind: 'integer' }>): Expr {
  const type = literalType(e.value, e.suffix, e.decimal);
  if (!type) return c.bad('expression.integer-range', e.span, { text: `0x${e.value.toString(16)}` });
  return constant(type ?? UNSIGNED_LONG, e.value, e.span);
}

function checkComma(c: Checking, e: Extract<Expression, { kind: 'comma' }>): Value {
  const left = check(c, e.left);
  const right = check(c, e.right);
  if (isBad(left) || isBad(right)) return isBad(left) ? left : right;
  const action = [left, right].find((value) => value.kind === 'action');
  if (action) return c.bad('operator.action', action.span, { operator: ',' });
  const dynamic = [left, right].find((value) => isDynamic(value.type));
  if (dynamic) return c.bad('operator.dynamic', dynamic.span, { operator: ',' });
  const value = evaluated(c, right);
  return { kind: 'comma', type: value.type, left: evaluated(c, left), right: value, span: e.span };
}
