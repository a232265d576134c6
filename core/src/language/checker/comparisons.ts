/** Comparisons: integers in their common type, pointers by address, strings by content. */
import type { Expression } from '../ast.js';
import type { ComparisonOperator, Expr } from '../checked.js';
import { usualConversion } from '../types/arithmetic.js';
import { INT, pointerTo } from '../types/basic.js';
import { commonPointer, comparedAsStrings, isNull, sameType } from '../types/compatibility.js';
import { isInteger, isString, resolve } from '../types/queries.js';
import type { Type } from '../types.js';
import { constant, convert, decay, toStringValue, truth } from './build.js';
import { check, evaluated } from './expressions.js';
import { incompatible, typed } from './operators.js';
import type { Checking } from './state.js';
import { constantOf, isBad, type Value } from './values.js';

type Binary = Extract<Expression, { readonly kind: 'binary' }>;

export function checkComparison(c: Checking, e: Binary, operator: ComparisonOperator): Value {
  const left = check(c, e.left);
  const right = enumeratorOf(c, left.type, e) ?? check(c, e.right);
  if (isBad(left) || isBad(right)) return isBad(left) ? left : right;
  if (isInteger(left.type) && isInteger(right.type)) {
    const a = evaluated(c, left);
    const b = evaluated(c, right);
    const type = usualConversion(a.type, b.type);
    return compare(operator, convert(a, type), convert(b, type), e);
  }
  if (comparedAsStrings(left.type, right.type)) {
    const string = (value: Value): Expr => toStringValue(evaluated(c, value), c.strsize);
    return compare(operator, string(left), string(right), e);
  }
  const tested =
    isString(left.type) && isNull(typed(right))
      ? left
      : isString(right.type) && isNull(typed(left))
        ? right
        : undefined;
  if (tested && (operator === '==' || operator === '!=')) return nullTest(operator, evaluated(c, tested), e);
  const common = commonPointer(typed(left), typed(right)) ?? sameScalar(left.type, right.type);
  if (!common) return incompatible(c, operator, left, right, e.span);
  const pointer = (value: Value): Expr => convert(decay(evaluated(c, value)), decayedType(common));
  return compare(operator, pointer(left), pointer(right), e);
}

/** Whether a string is there at all: an unset variable, or what a search did not find, is not. */
function nullTest(operator: '==' | '!=', string: Expr, { span }: Binary): Expr {
  const isNothing: Expr = { kind: 'call', name: 'isnull', type: INT, arguments: [string], span };
  return operator === '=='
    ? isNothing
    : { kind: 'unary', operator: '!', type: INT, operand: isNothing, span };
}

/** Two values of one pointer type compare even when the pointed-to type is unknown here. */
function sameScalar(left: Type, right: Type): Type | undefined {
  const { kind } = resolve(left);
  return (kind === 'pointer' || kind === 'array') && sameType(left, right) ? left : undefined;
}

const decayedType = (type: Type): Type => {
  const bare = resolve(type);
  return bare.kind === 'array' ? pointerTo(bare.of) : type;
};

/** `e == NAME` where e is an enum: NAME may be one of its enumerators. */
function enumeratorOf(c: Checking, type: Type, e: Binary): Expr | undefined {
  const bare = resolve(type);
  if (bare.kind !== 'enum' || e.right.kind !== 'identifier') return undefined;
  const { name, span } = e.right;
  const value = bare.enumerators?.get(name);
  if (value === undefined) return undefined;
  const global = c.scope.globals.get(name);
  if (global && !(global.kind === 'constant' && global.value === value)) {
    return c.bad('identifier.ambiguous', span, { name, operator: e.operator, type });
  }
  return constant(type, value, span);
}

const results: { readonly [K in ComparisonOperator]: (a: bigint, b: bigint) => boolean } = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function compare(operator: ComparisonOperator, left: Expr, right: Expr, e: Binary): Expr {
  const a = constantOf(left);
  const b = constantOf(right);
  if (a !== undefined && b !== undefined) return truth(results[operator](a, b), e.span);
  return { kind: 'comparison', operator, type: INT, left, right, span: e.span };
}
