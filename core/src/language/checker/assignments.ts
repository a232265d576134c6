/** Assignment, compound assignment, ++ and --. The first assignment gives a variable its type. */
import type { AssignmentOperator, Expression } from '../ast.js';
import type { ArithmeticOperator, Expr, Target } from '../checked.js';
import type { Span } from '../source.js';
import { usualConversion } from '../types/arithmetic.js';
import { INT64, LONG, stringOf } from '../types/basic.js';
import { assignable, commonPointer } from '../types/compatibility.js';
import {
  isInteger,
  isScalar,
  isString,
  isStringLike,
  isVoidOrFunctionPointer,
  pointee,
  resolve,
  sizeOf,
} from '../types/queries.js';
import type { Type } from '../types.js';
import { coerce, constant, convert, decay } from './build.js';
import { check, checkTarget, evaluated } from './expressions.js';
import { isLvalue, writableTarget } from './lvalues.js';
import { incompatible, typed } from './operators.js';
import type { VariableSymbol } from './scope.js';
import { rememberOrigin } from './scratch.js';
import type { Checking } from './state.js';
import { bad, constantOf, isBad, isExpr, type Untyped, type Value } from './values.js';
import { defineVariable, ERRONEOUS, symbolOf } from './variables.js';

type Assignment = Extract<Expression, { readonly kind: 'assignment' }>;
type Update = Extract<Expression, { readonly kind: 'update' }>;

export function checkAssignment(c: Checking, e: Assignment): Value {
  return e.operator === '=' ? simple(c, e) : compound(c, e, e.operator);
}

function simple(c: Checking, e: Assignment): Value {
  const before = checkTarget(c, e.target);
  if (before.kind === 'aggregation')
    return c.bad('aggregation.assigned', e.span, { name: before.symbol.name });
  const value = check(c, e.value);
  // The value may have been the first to assign it: a = (a = 1).
  const target = before.kind === 'untyped' && before.symbol.variable ? checkTarget(c, e.target) : before;
  if (isBad(value)) return rescue(target, value);
  if (
    value.kind === 'action' ||
    (isExpr(value) && value.kind === 'call' && resolve(value.type).kind === 'opaque')
  ) {
    const name = value.name;
    return rescue(target, c.bad('expression.action', value.span, { name }));
  }
  if (isBad(target)) return target;
  const expr = evaluated(c, value);
  if (isBad(expr)) return rescue(target, expr);
  if (target.kind === 'untyped') return define(c, target, expr, e.span);
  return store(c, evaluated(c, target), expr, e);
}

function rescue(target: Value, error: Value): Value {
  if (target.kind === 'untyped')
    defineVariable(target.symbol, error.type, target.keys ? [] : undefined, ERRONEOUS);
  return error;
}

function define(c: Checking, target: Untyped, value: Expr, span: Span): Value {
  const type = inferredType(value.type);
  if (!type) {
    const hint = isStringLike(value.type) ? { hint: 'use stringof(…) to keep the text it holds' } : {};
    return rescue(target, c.bad('operator.array', span, { operator: '=', type: value.type }, hint));
  }
  const variable = defineVariable(target.symbol, type, target.symbol.keys, c.scope.variableId());
  rememberOrigin(c, target.symbol, value, span);
  const place: Target = target.keys
    ? { kind: 'element', variable, keys: target.keys, type, span: target.span }
    : { kind: 'variable', variable, type, span: target.span };
  return { kind: 'assign', type, target: place, value: coerce(value, type, c.strsize), span };
}

/** A variable outlives the expression it was first given, so its strings are of full length. */
function inferredType(type: Type): Type | undefined {
  const bare = resolve(type);
  if (bare.kind === 'string') return stringOf();
  return bare.kind === 'array' || bare.kind === 'function' || bare.kind === 'void' ? undefined : type;
}

function store(c: Checking, target: Expr, value: Expr, e: Assignment): Value {
  if (isBad(target)) return target;
  const { kind } = resolve(target.type);
  if (kind === 'array' || kind === 'function')
    return c.bad('operator.array', e.span, { operator: '=', type: target.type });
  if (!assignable(target.type, typed(value)) && !isDeletion(target, value)) {
    return incompatible(c, '=', target, value, e.span);
  }
  const place = writable(c, target, '=', e.target.span);
  if (!place) return bad(e.span);
  const symbol = symbolOf(c, place);
  if (symbol && rememberOrigin(c, symbol, value, e.span)) return bad(e.span);
  return {
    kind: 'assign',
    type: target.type,
    target: place,
    value: coerceStored(c, value, target.type),
    span: e.span,
  };
}

/** 0 deletes what has no integer value: it stays the constant 0 whatever the type. */
function coerceStored(c: Checking, value: Expr, type: Type): Expr {
  const deletion = constantOf(value) === 0n && !isScalar(type);
  return deletion ? value : coerce(value, type, c.strsize);
}

/** Dynamic variables of any type may be assigned 0, which frees their storage. */
function isDeletion(target: Expr, value: Expr): boolean {
  const dynamic =
    target.kind === 'element' || (target.kind === 'variable' && target.variable.scope === 'self');
  return dynamic && constantOf(value) === 0n;
}

function writable(c: Checking, target: Expr, operator: string, span: Span): Target | undefined {
  if (!isLvalue(target)) {
    c.bad('operator.lvalue', span, { operator });
    return undefined;
  }
  const place = writableTarget(target);
  if (!place) c.bad('operator.read-only', span, { operator });
  return place;
}

function compound(c: Checking, e: Assignment, operator: Exclude<AssignmentOperator, '='>): Value {
  const target = checkTarget(c, e.target);
  if (target.kind === 'untyped') return evaluated(c, target);
  const value = check(c, e.value);
  const arithmetic = operator.slice(0, -1) as ArithmeticOperator;
  if ((arithmetic === '/' || arithmetic === '%') && constantOf(value) === 0n) {
    return c.bad('operator.division-by-zero', e.span);
  }
  if (isBad(target) || isBad(value)) return isBad(target) ? target : value;
  if (isInteger(target.type) && isInteger(value.type))
    return integer(c, e, operator, arithmetic, target, value);
  if (arithmetic === '+' || arithmetic === '-') return pointer(c, e, operator, arithmetic, target, value);
  const id = arithmetic === '*' || arithmetic === '/' ? 'operator.arithmetic' : 'operator.integer';
  const wrong = isInteger(target.type) ? value : target;
  return c.bad(id, wrong.span, { operator, operand: 'operands', type: wrong.type });
}

function integer(
  c: Checking,
  e: Assignment,
  operator: string,
  arithmetic: ArithmeticOperator,
  target: Value,
  value: Value,
): Value {
  const left = evaluated(c, target);
  const right = evaluated(c, value);
  const place = writable(c, left, operator, e.target.span);
  if (!place) return bad(e.span);
  const operandType = usualConversion(left.type, right.type);
  return {
    kind: 'assign',
    type: left.type,
    target: place,
    operator: arithmetic,
    operandType,
    value: convert(right, operandType),
    span: e.span,
  };
}

/** `pointer += count` */
function pointer(
  c: Checking,
  e: Assignment,
  operator: string,
  arithmetic: '+' | '-',
  target: Value,
  value: Value,
): Value {
  if (isString(target.type) || isString(value.type)) return incompatible(c, operator, target, value, e.span);
  const bare = resolve(target.type);
  if (bare.kind !== 'pointer' || isVoidOrFunctionPointer(target.type)) {
    return c.bad('operator.unsized', target.span, { operator, type: target.type });
  }
  if (!isInteger(value.type)) {
    const meets = commonPointer(typed(target), typed(value));
    if (!meets) return incompatible(c, operator, target, value, e.span);
  }
  const left = evaluated(c, target);
  const place = writable(c, left, operator, e.target.span);
  if (!place) return bad(e.span);
  const size = sizeOf(bare.to, c.strsize) ?? 1;
  const count = convert(decay(evaluated(c, value)), LONG);
  const unit = constant(LONG, BigInt(size), e.span);
  const scaled: Expr =
    count.kind === 'constant'
      ? constant(LONG, count.value * unit.value, e.span)
      : size === 1
        ? count
        : { kind: 'arithmetic', operator: '*', type: LONG, left: count, right: unit, span: e.span };
  return {
    kind: 'assign',
    type: left.type,
    target: place,
    operator: arithmetic,
    operandType: left.type,
    value: scaled,
    span: e.span,
  };
}

export function checkUpdate(c: Checking, e: Update): Value {
  const operand = checkTarget(c, e.operand);
  if (isBad(operand)) return operand;
  const value = operand.kind === 'untyped' ? counter(c, operand) : evaluated(c, operand);
  if (isBad(value)) return value;
  const { operator, prefix } = e;
  if (!isScalar(value.type)) {
    return c.bad('operator.scalar', e.operand.span, { operator, operand: 'operand', type: value.type });
  }
  if (isVoidOrFunctionPointer(value.type))
    return c.bad('operator.unsized', e.operand.span, { operator, type: value.type });
  const place = writable(c, value, operator, e.operand.span);
  if (!place) return bad(e.span);
  const to = resolve(value.type).kind === 'pointer' ? pointee(value.type) : undefined;
  const unit = BigInt(to ? (sizeOf(to, c.strsize) ?? 1) : 1);
  return {
    kind: 'update',
    type: value.type,
    target: place,
    delta: operator === '++' ? unit : -unit,
    prefix,
    span: e.span,
  };
}

/** A variable first met in `x++` counts in 64 bits. */
function counter(c: Checking, target: Untyped): Expr {
  const symbol: VariableSymbol = target.symbol;
  const variable = defineVariable(symbol, INT64, symbol.keys, c.scope.variableId());
  return target.keys
    ? { kind: 'element', variable, keys: target.keys, type: INT64, span: target.span }
    : { kind: 'variable', variable, type: INT64, span: target.span };
}
