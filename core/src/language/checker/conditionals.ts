/** `condition ? then : else` */
import type { Expression } from '../ast.js';
import type { Expr } from '../checked.js';
import { usualConversion } from '../types/arithmetic.js';
import { pointerTo, stringOf } from '../types/basic.js';
import { commonPointer, comparedAsStrings, isNull, sameType } from '../types/compatibility.js';
import { isDynamic, isInteger, isScalar, isString, resolve, spaceOf } from '../types/queries.js';
import type { StringType, Type } from '../types.js';
import { coerce } from './build.js';
import { check, evaluated } from './expressions.js';
import { typed } from './operators.js';
import type { Checking } from './state.js';
import { constantOf, isBad, isExpr, type Value } from './values.js';

export function checkConditional(
  c: Checking,
  e: Extract<Expression, { readonly kind: 'conditional' }>,
): Value {
  const condition = check(c, e.condition);
  const known = constantOf(condition);
  // A constant condition leaves one branch: the other may be anything, as with #if.
  if (known !== undefined) return check(c, known === 0n ? e.else : e.then);
  const left = check(c, e.then);
  const right = check(c, e.else);
  const erroneous = [condition, left, right].find(isBad);
  if (erroneous) return erroneous;
  if (!isScalar(condition.type))
    return c.bad('operator.condition', condition.span, { operator: '?:', type: condition.type });
  const action = [left, right].find((value) => value.kind === 'action');
  if (action) return c.bad('conditional.action', action.span);
  const dynamic = [left, right].find((value) => isDynamic(value.type));
  if (dynamic) return c.bad('operator.dynamic', dynamic.span, { operator: '?:' });
  const type = commonType(left, right);
  if (!type) {
    return c.bad('operator.conditional', e.span, { left: left.type, right: right.type });
  }
  const then = coerce(evaluated(c, left), type, c.strsize);
  const otherwise = coerce(evaluated(c, right), type, c.strsize);
  return {
    kind: 'conditional',
    type,
    condition: evaluated(c, condition),
    then,
    else: otherwise,
    span: e.span,
  };
}

function commonType(left: Value, right: Value): Type | undefined {
  if (isString(left.type) && isString(right.type)) {
    return widest(resolve(left.type) as StringType, resolve(right.type) as StringType);
  }
  if (isInteger(left.type) && isInteger(right.type)) {
    return sameType(left.type, right.type) ? left.type : usualConversion(left.type, right.type);
  }
  if (comparedAsStrings(left.type, right.type)) return stringOf();
  if (isString(left.type) && isNull(typed(right))) return left.type;
  if (isString(right.type) && isNull(typed(left))) return right.type;
  const pointer = commonPointer(typed(left), typed(right));
  if (pointer) return mixesScratch(left, right) ? plainPointer(pointer) : decayed(pointer);
  return sameType(left.type, right.type) ? left.type : undefined;
}

const widest = (a: StringType, b: StringType): StringType =>
  a.capacity === undefined || b.capacity === undefined
    ? stringOf()
    : stringOf(Math.max(a.capacity, b.capacity));

function decayed(type: Type): Type {
  const bare = resolve(type);
  return bare.kind === 'array' ? pointerTo(bare.of) : type;
}

function plainPointer(type: Type): Type {
  const bare = resolve(type);
  return bare.kind === 'pointer' ? pointerTo(bare.to) : decayed(type);
}

/** One branch points to scratch memory and the other elsewhere: such a value cannot be kept in a variable. */
function mixesScratch(left: Value, right: Value): boolean {
  return (spaceOf(left.type) === 'scratch') !== (spaceOf(right.type) === 'scratch');
}

export function isMixedConditional(value: Value): boolean {
  return isExpr(value) && value.kind === 'conditional' && mixes(value);
}

function mixes(expr: Extract<Expr, { kind: 'conditional' }>): boolean {
  const inner = (branch: Expr): Expr => (branch.kind === 'convert' ? branch.operand : branch);
  const branches = [inner(expr.then), inner(expr.else)];
  const scratch = branches.filter((branch) => spaceOf(branch.type) === 'scratch');
  return scratch.length === 1 && branches.every((branch) => constantOf(branch) !== 0n);
}
