/** Casts, stringof, sizeof and offsetof. */

import type { Expression } from '../ast.js';
import { bytesOfText } from '../text-bytes.js';
import { SIZE } from '../types/basic.js';
import { sameType } from '../types/compatibility.js';
import {
  asRecord,
  findMember,
  isDynamic,
  isFunction,
  isInteger,
  isPointer,
  isScalar,
  isString,
  isStringLike,
  isVoid,
  memberNames,
  resolve,
  sizeOf,
} from '../types/queries.js';
import type { Type } from '../types.js';
import { constant, convert, decay, toStringValue } from './build.js';
import { check, evaluated } from './expressions.js';
import { completeRecord } from './members.js';
import type { Checking } from './state.js';
import { didYouMean } from './suggest.js';
import { typeOf } from './type-names.js';
import { bad, isBad, isExpr, type Value } from './values.js';

export function checkCast(c: Checking, e: Extract<Expression, { readonly kind: 'cast' }>): Value {
  const type = typeOf(c, e.type);
  const operand = check(c, e.operand);
  if (isBad(operand)) return operand;
  if (!type) return bad(e.span);
  if (operand.kind === 'translated' && operand.handle && isScalar(type)) return convert(operand.handle, type);
  if (!castable(type, operand)) {
    const translated = operand.kind === 'translated' && operand.pointer;
    const from = translated ? 'pointer to translated data' : operand.type;
    return c.bad('cast.invalid', e.span, { from, to: type });
  }
  const value = evaluated(c, operand);
  if (isString(type)) return toStringValue(value, c.strsize);
  if (isVoid(type)) return { kind: 'convert', type, operand: value, span: e.span };
  if (asRecord(type)) return value;
  const converted = convert(decay(value), type);
  // A cast to the type it has already cuts what arithmetic made wider.
  if (converted === value && isInteger(type)) return { kind: 'convert', type, operand: value, span: e.span };
  return converted.kind === 'constant' ? { ...converted, type } : converted;
}

function castable(to: Type, operand: Value): boolean {
  const from = operand.type;
  if (isDynamic(from)) return isVoid(to);
  if (sameType(to, from) || isVoid(to)) return true;
  if (isScalar(to) && (isScalar(from) || isFunction(from))) return true;
  if (resolve(to).kind === 'pointer' && isPointer(from)) return true;
  return isString(to) && (isScalar(from) || isPointer(from) || isStringLike(from));
}

export function checkStringof(c: Checking, e: Extract<Expression, { readonly kind: 'stringof' }>): Value {
  const operand = check(c, e.operand);
  if (isBad(operand)) return operand;
  const { type } = operand;
  if (isDynamic(type) || !(isScalar(type) || isPointer(type) || isStringLike(type))) {
    return c.bad('stringof.type', e.span, { type });
  }
  return toStringValue(evaluated(c, operand), c.strsize);
}

export function checkSizeof(c: Checking, e: Extract<Expression, { readonly kind: 'sizeof' }>): Value {
  const { operand } = e;
  if (operand.kind === 'type-name') {
    const type = typeOf(c, operand);
    return type ? sized(c, type, e) : bad(e.span);
  }
  const value = c.withoutEvaluation(() => check(c, operand));
  if (isBad(value)) return value;
  if (isExpr(value) && isBitField(value)) return c.bad('sizeof.bit-field', e.span);
  if (value.kind === 'string') return constant(SIZE, BigInt(bytesOfText(value.value).length + 1), e.span);
  return sized(c, value.type, e);
}

const isBitField = (value: Extract<Value, { span: unknown }>): boolean =>
  value.kind === 'load'
    ? value.bits !== undefined
    : value.kind === 'convert' && value.operand.kind === 'load' && value.operand.bits !== undefined;

function sized(c: Checking, type: Type, e: Extract<Expression, { readonly kind: 'sizeof' }>): Value {
  const bare = resolve(type);
  const complete = completeRecord(c, type) ?? type;
  // The size of strings is the option's: the room for their end is not counted.
  const size = bare.kind === 'string' ? c.strsize - 1 : isDynamic(type) ? 0 : sizeOf(complete, c.strsize);
  return size ? constant(SIZE, BigInt(size), e.span) : c.bad('sizeof.type', e.span, { type });
}

export function checkOffsetof(c: Checking, e: Extract<Expression, { readonly kind: 'offsetof' }>): Value {
  const type = typeOf(c, e.type);
  if (!type) return bad(e.span);
  const record = completeRecord(c, type);
  if (!record?.members) return c.bad('offsetof.type', e.span, { type });
  const { name, span } = e.member;
  const member = findMember(record, name);
  if (!member) return c.bad('offsetof.member', span, { name, type }, didYouMean(name, memberNames(record)));
  if (member.bitSize !== undefined) return c.bad('offsetof.bit-field', span, { name });
  return constant(SIZE, BigInt(member.bitOffset / 8), e.span);
}
