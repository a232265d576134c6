/** `pointer->member` and `record.member`. */
import type { Expression } from '../ast.js';
import type { Expr } from '../checked.js';
import { asRecord, findMember, memberNames, pointee, resolve } from '../types/queries.js';
import type { RecordType, Type } from '../types.js';
import { addressOf, decay, memberAt } from './build.js';
import { check, evaluated } from './expressions.js';
import type { Checking } from './state.js';
import { didYouMean } from './suggest.js';
import { translatedMember } from './translations.js';
import { isBad, type Value } from './values.js';

type MemberAccess = Extract<Expression, { readonly kind: 'member' }>;

export function checkMember(c: Checking, e: MemberAccess): Value {
  const object = check(c, e.object);
  if (isBad(object)) return object;
  if (object.kind === 'translated') {
    if (e.arrow && !object.pointer) return c.bad('member.not-pointer', e.span, { operator: '->' });
    return translatedMember(c, object, e.name.name, e.span);
  }
  return e.arrow ? throughPointer(c, e, object) : ofRecord(c, e, object);
}

function throughPointer(c: Checking, e: MemberAccess, object: Value): Value {
  const to = resolve(object.type).kind === 'pointer' ? pointee(object.type) : undefined;
  if (!to) return c.bad('member.not-pointer', e.span, { operator: '->' });
  const record = completeRecord(c, to);
  if (!record) return c.bad('member.not-record-pointer', e.span, { type: to });
  return select(c, e, record, decay(evaluated(c, object)));
}

function ofRecord(c: Checking, e: MemberAccess, object: Value): Value {
  const record = completeRecord(c, object.type);
  if (record) return select(c, e, record, addressOf(evaluated(c, object)));
  const to = pointee(object.type);
  const hint = to && asRecord(to) ? { hint: "this is a pointer: use '->'" } : {};
  return c.bad('member.not-record', e.span, { operator: '.', type: object.type }, hint);
}

/** The record with its members: what is only declared forward here may be known to the kernel. */
export function completeRecord(c: Checking, type: Type): RecordType | undefined {
  const record = asRecord(type);
  if (record?.members !== undefined || !record?.tag || record.program) return record;
  const known = c.findTag(record.kind, record.tag);
  return (known && asRecord(known)) ?? record;
}

function select(c: Checking, e: MemberAccess, record: RecordType, address: Expr): Value {
  const operator = e.arrow ? '->' : '.';
  if (record.members === undefined) return c.bad('member.incomplete', e.span, { operator, type: record });
  const { name, span } = e.name;
  const member = findMember(record, name);
  if (!member) {
    return c.bad('member.unknown', span, { name, type: record }, didYouMean(name, memberNames(record)));
  }
  return memberAt(address, member, e.span);
}
