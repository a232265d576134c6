/** Unary operators. */
import type { Expression, UnaryOperator } from '../ast.js';
import { promote } from '../types/arithmetic.js';
import { INT } from '../types/basic.js';
import {
  asRecord,
  isDynamic,
  isFunction,
  isInteger,
  isScalar,
  isString,
  isVoid,
  pointee,
} from '../types/queries.js';
import type { Type } from '../types.js';
import { addressOf, constant, convert, decay, load, truth } from './build.js';
import { check, evaluated } from './expressions.js';
import { characterAt } from './indexing.js';
import { isLvalue } from './lvalues.js';
import { require } from './operators.js';
import type { Checking } from './state.js';
import { constantOf, isBad, isExpr, type Value } from './values.js';

type Unary = Extract<Expression, { readonly kind: 'unary' }>;

const checkers: { readonly [K in UnaryOperator]: (c: Checking, e: Unary, operand: Value) => Value } = {
  '-': arithmetic,
  '+': arithmetic,
  '~': complement,
  '!': negation,
  '*': dereference,
  '&': address,
};

export function checkUnary(c: Checking, e: Unary): Value {
  const operand = e.operator === '&' ? c.withoutEvaluation(() => check(c, e.operand)) : check(c, e.operand);
  if (isBad(operand)) return operand;
  // `&` of a symbol needs its address after all.
  const used = e.operator === '&' && e.operand.kind === 'symbol' ? check(c, e.operand) : operand;
  return isBad(used) ? used : checkers[e.operator](c, e, used);
}

function arithmetic(c: Checking, e: Unary, operand: Value): Value {
  const wrong = require(c, 'operator.arithmetic', e.operator, [operand], (v) => isInteger(v.type));
  if (wrong) return wrong;
  const value = evaluated(c, operand);
  const type = promote(value.type);
  if (e.operator === '+') return convert(value, type);
  const known = constantOf(value);
  if (known !== undefined) return constant(type, -known, e.span);
  return { kind: 'unary', operator: '-', type, operand: convert(value, type), span: e.span };
}

function complement(c: Checking, e: Unary, operand: Value): Value {
  const wrong = require(c, 'operator.integer', '~', [operand], (v) => isInteger(v.type));
  if (wrong) return wrong;
  const value = evaluated(c, operand);
  const type = promote(value.type);
  const known = constantOf(value);
  if (known !== undefined) return constant(type, ~known, e.span);
  return { kind: 'unary', operator: '~', type, operand: convert(value, type), span: e.span };
}

function negation(c: Checking, e: Unary, operand: Value): Value {
  const wrong = require(c, 'operator.scalar', '!', [operand], (v) => isScalar(v.type));
  if (wrong) return wrong;
  const value = evaluated(c, operand);
  const known = constantOf(value);
  if (known !== undefined) return truth(known === 0n, e.span);
  return { kind: 'unary', operator: '!', type: INT, operand: value, span: e.span };
}

function dereference(c: Checking, e: Unary, operand: Value): Value {
  if (operand.kind === 'translated' && operand.pointer) return { ...operand, pointer: false, span: e.span };
  if (isString(operand.type)) return characterAt(evaluated(c, operand), constant(INT, 0n, e.span), e.span);
  const to = pointee(operand.type);
  if (!to) return c.bad('dereference.not-pointer', e.span, { type: operand.type });
  return pointed(c, decay(evaluated(c, operand)), to, e);
}

function pointed(c: Checking, pointer: ReturnType<typeof decay>, to: Type, e: Unary): Value {
  if (isVoid(to)) return c.bad('dereference.void', e.span);
  if (isFunction(to)) return c.bad('dereference.function', e.span);
  const record = asRecord(to);
  // The kernel may know what this program only declared forward.
  const known = record?.members === undefined && record?.tag ? c.findTag(record.kind, record.tag) : undefined;
  return load(known ?? to, pointer, e.span);
}

function address(c: Checking, e: Unary, operand: Value): Value {
  if (operand.kind === 'aggregation' || operand.kind === 'variable' || operand.kind === 'element') {
    return c.bad('address.variable', e.span);
  }
  if (operand.kind === 'builtin' || operand.kind === 'arg' || operand.kind === 'probe-arg') {
    return c.bad('address.variable', e.span);
  }
  if (isDynamic(operand.type)) return c.bad('address.variable', e.span);
  if (operand.kind === 'convert' && operand.operand.kind === 'load' && operand.operand.bits) {
    return c.bad('address.bit-field', e.span);
  }
  if (operand.kind === 'load' && operand.bits) return c.bad('address.bit-field', e.span);
  if (!isExpr(operand) || !isLvalue(operand)) return c.bad('address.not-lvalue', e.span);
  return addressOf(operand);
}
