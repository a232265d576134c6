/** Binary operators other than assignment. */
import type { BinaryOperator, Expression } from '../ast.js';
import type { ArithmeticOperator, ComparisonOperator, Expr } from '../checked.js';
import type { Span } from '../source.js';
import { fits, usualConversion, wrap } from '../types/arithmetic.js';
import { INT, LONG, PTRDIFF, UNSIGNED_LONG } from '../types/basic.js';
import { commonPointer } from '../types/compatibility.js';
import {
  isInteger,
  isPointer,
  isScalar,
  isSigned,
  isString,
  isVoidOrFunctionPointer,
  pointee,
  resolve,
  sizeOf,
  spaceOf,
} from '../types/queries.js';
import type { Type } from '../types.js';
import { constant, convert, decay, offsetPointer, truth } from './build.js';
import { checkComparison } from './comparisons.js';
import { check, evaluated } from './expressions.js';
import { suffixOf } from './indexing.js';
import { incompatible, require, typed } from './operators.js';
import type { Checking } from './state.js';
import { constantOf, isBad, type Value } from './values.js';

type Binary = Extract<Expression, { readonly kind: 'binary' }>;
type Checker = (c: Checking, e: Binary, left: Value, right: Value) => Value;

const checkers: { readonly [K in Exclude<BinaryOperator, ComparisonOperator>]: Checker } = {
  '*': arithmetic,
  '/': arithmetic,
  '%': integral,
  '&': integral,
  '|': integral,
  '^': integral,
  '<<': shift,
  '>>': shift,
  '+': additive,
  '-': additive,
  '&&': logical,
  '||': logical,
  '^^': logical,
};

const comparisons: ReadonlySet<string> = new Set<ComparisonOperator>(['==', '!=', '<', '<=', '>', '>=']);
const isComparison = (operator: BinaryOperator): operator is ComparisonOperator => comparisons.has(operator);

export function checkBinary(c: Checking, e: Binary): Value {
  const { operator } = e;
  if (isComparison(operator)) return checkComparison(c, e, operator);
  const left = check(c, e.left);
  const right = check(c, e.right);
  if ((operator === '/' || operator === '%') && constantOf(right) === 0n) {
    return c.bad('operator.division-by-zero', e.span);
  }
  if (isBad(left) || isBad(right)) return isBad(left) ? left : right;
  return checkers[operator](c, e, left, right);
}

function arithmetic(c: Checking, e: Binary, left: Value, right: Value): Value {
  const wrong = require(c, 'operator.arithmetic', e.operator, [left, right], (v) => isInteger(v.type));
  return wrong ?? integers(e.operator as ArithmeticOperator, evaluated(c, left), evaluated(c, right), e.span);
}

function integral(c: Checking, e: Binary, left: Value, right: Value): Value {
  const wrong = require(c, 'operator.integer', e.operator, [left, right], (v) => isInteger(v.type));
  return wrong ?? integers(e.operator as ArithmeticOperator, evaluated(c, left), evaluated(c, right), e.span);
}

/** Two integers in their common type. */
export function integers(operator: ArithmeticOperator, left: Expr, right: Expr, span: Span): Expr {
  const type = usualConversion(left.type, right.type);
  return apply(operator, type, convert(left, type), convert(right, type), span);
}

function shift(c: Checking, e: Binary, left: Value, right: Value): Value {
  const wrong = require(c, 'operator.integer', e.operator, [left, right], (v) => isInteger(v.type));
  if (wrong) return wrong;
  const value = evaluated(c, left);
  const count = evaluated(c, right);
  const type = usualConversion(value.type, count.type);
  return apply(e.operator as '<<' | '>>', type, convert(value, type), convert(count, type), e.span);
}

function apply(operator: ArithmeticOperator, type: Type, left: Expr, right: Expr, span: Span): Expr {
  const a = constantOf(left);
  const b = constantOf(right);
  if (a === undefined || b === undefined) return { kind: 'arithmetic', operator, type, left, right, span };
  const value = fold(operator, type, a, b);
  // DTrace computes constants in 64 bits: `60 * 1000000000` means what it says although both factors are ints.
  const wide = fits(type, value) ? type : isSigned(type) ? LONG : UNSIGNED_LONG;
  return constant(wide, value, span);
}

function fold(operator: ArithmeticOperator, type: Type, a: bigint, b: bigint): bigint {
  const clean = (value: bigint): bigint => wrap(isSigned(type) ? LONG : UNSIGNED_LONG, value);
  switch (operator) {
    case '+':
      return clean(a + b);
    case '-':
      return isSigned(type) ? clean(a - b) : wrap(type, a - b);
    case '*':
      return clean(a * b);
    case '/':
      return b === 0n ? 0n : a / b;
    case '%':
      return b === 0n ? 0n : a % b;
    case '<<':
      return clean(a << (b & 63n));
    case '>>':
      return a >> (b & 63n);
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
  }
}

function logical(c: Checking, e: Binary, left: Value, right: Value): Value {
  const wrong = require(c, 'operator.scalar', e.operator, [left, right], (v) => isScalar(v.type));
  if (wrong) return wrong;
  const operator = e.operator as '&&' | '||' | '^^';
  const a = constantOf(left);
  const b = constantOf(right);
  if (a !== undefined && b !== undefined) {
    const [x, y] = [a !== 0n, b !== 0n];
    return truth(operator === '&&' ? x && y : operator === '||' ? x || y : x !== y, e.span);
  }
  return {
    kind: 'logical',
    operator,
    type: INT,
    left: evaluated(c, left),
    right: evaluated(c, right),
    span: e.span,
  };
}

/** Pointers that arithmetic can move; strings count as such. */
const movable = (type: Type): boolean =>
  isString(type) || (isPointer(type) && !isVoidOrFunctionPointer(type));

function additive(c: Checking, e: Binary, left: Value, right: Value): Value {
  const operator = e.operator as '+' | '-';
  if (isInteger(left.type) && isInteger(right.type)) {
    return integers(operator, evaluated(c, left), evaluated(c, right), e.span);
  }
  if (movable(left.type) && isInteger(right.type))
    return move(c, operator, evaluated(c, left), evaluated(c, right), e.span);
  if (isInteger(left.type) && movable(right.type) && operator === '+') {
    return move(c, '+', evaluated(c, right), evaluated(c, left), e.span);
  }
  const bothMovable =
    movable(left.type) && movable(right.type) && !isString(left.type) && !isString(right.type);
  if (operator === '-' && bothMovable && commonPointer(typed(left), typed(right))) {
    return distance(c, evaluated(c, left), evaluated(c, right), e);
  }
  return incompatible(c, operator, left, right, e.span);
}

/** `pointer ± count`, in units of what the pointer points to. */
export function move(c: Checking, operator: '+' | '-', pointer: Expr, count: Expr, span: Span): Expr {
  if (isString(pointer.type)) {
    return operator === '+' ? suffixOf(pointer, count, span) : incompatible(c, '-', pointer, count, span);
  }
  const bounds = checkBounds(c, pointer, count, span);
  if (bounds) return bounds;
  const start = decay(pointer);
  const size = sizeOf(pointee(start.type) ?? INT, c.strsize);
  if (size === undefined) return c.bad('operator.incomplete', span, { operator, type: pointee(start.type) });
  return offsetPointer(start, operator === '+' ? count : negated(count), size, start.type, span);
}

const negated = (expr: Expr): Expr =>
  expr.kind === 'constant'
    ? constant(LONG, -expr.value, expr.span)
    : { kind: 'unary', operator: '-', type: LONG, operand: convert(expr, LONG), span: expr.span };

/** Arrays of 0 and 1 elements stand for any number at the end of structures. */
function checkBounds(c: Checking, array: Expr, index: Expr, span: Span): Expr | undefined {
  const bare = resolve(array.type);
  const value = constantOf(index);
  // Elements of associative arrays are checked when they are accessed.
  if (array.kind === 'element') return undefined;
  if (bare.kind !== 'array' || value === undefined || (bare.length ?? 0) <= 1) return undefined;
  const length = bare.length ?? 0;
  const outside = value < 0n || value >= BigInt(length);
  return outside ? c.bad('operator.bounds', span, { index: value, maximum: length }) : undefined;
}

function distance(c: Checking, left: Expr, right: Expr, e: Binary): Expr {
  if ((spaceOf(left.type) === 'scratch') !== (spaceOf(right.type) === 'scratch')) {
    return incompatible(c, '-', left, right, e.span);
  }
  const size = sizeOf(pointee(left.type) ?? INT, c.strsize) ?? 1;
  const bytes: Expr = {
    kind: 'arithmetic',
    operator: '-',
    type: PTRDIFF,
    left: convert(decay(left), PTRDIFF),
    right: convert(decay(right), PTRDIFF),
    span: e.span,
  };
  if (size <= 1) return bytes;
  const unit = constant(PTRDIFF, BigInt(size), e.span);
  return { kind: 'arithmetic', operator: '/', type: PTRDIFF, left: bytes, right: unit, span: e.span };
}
