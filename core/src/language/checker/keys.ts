/** Keys of associative arrays and aggregations: the first reference fixes their number and types. */
import type { Expression } from '../ast.js';
import type { Expr } from '../checked.js';
import type { Span } from '../source.js';
import { stringOf } from '../types/basic.js';
import { assignable } from '../types/compatibility.js';
import { asInteger, isCharArray, isDynamic, isString, isVoid, resolve } from '../types/queries.js';
import type { Type } from '../types.js';
import { coerce, decay, toStringValue } from './build.js';
import { check, evaluated } from './expressions.js';
import { typed } from './operators.js';
import type { Checking } from './state.js';
import { isBad, isExpr } from './values.js';

export interface KeyOwner {
  readonly what: 'array' | 'aggregation';
  readonly name: string;
  readonly span: Span;
}

/** The key expressions converted to the key types; undefined when something was reported. */
export function checkKeys(
  c: Checking,
  signature: { keys?: Type[] },
  written: readonly Expression[],
  owner: KeyOwner,
): Expr[] | undefined {
  const keys = written.map((key) => checkKey(c, key, owner));
  if (!keys.every((key) => key !== undefined)) return undefined;
  signature.keys ??= keys.map((key) => keyType(key.type));
  return agree(c, signature.keys, keys, owner);
}

function checkKey(c: Checking, key: Expression, owner: KeyOwner): Expr | undefined {
  const value = check(c, key);
  if (isBad(value)) return undefined;
  if (isDynamic(value.type) || isVoid(value.type) || !isExpr(value)) {
    c.bad('key.type', value.span, { type: value.type, what: owner.what });
    return undefined;
  }
  // Characters in an array are a key by content, as a string is.
  return isCharArray(value.type) ? toStringValue(value, c.strsize) : evaluated(c, value);
}

/** An array that is not a string counts by its address. */
const keyType = (type: Type): Type => (resolve(type).kind === 'string' ? resolve(type) : type);

function agree(c: Checking, types: Type[], keys: readonly Expr[], owner: KeyOwner): Expr[] | undefined {
  const name = owner.what === 'array' ? `${owner.name}[ ]` : `@${owner.name}[ ]`;
  if (types.length !== keys.length) {
    const values = { name, passed: keys.length, what: 'key', expected: types.length };
    c.bad('prototype.length', owner.span, values);
    return undefined;
  }
  const converted: Expr[] = [];
  for (const [i, key] of keys.entries()) {
    const type = types[i]!;
    if (!assignable(type, typed(key))) {
      const values = { name, what: 'key', number: i + 1, wanted: type, type: key.type };
      c.bad('prototype.argument', key.span, values);
      return undefined;
    }
    // Elements are found by their keys; what an aggregation shows must not be cut to what it was first used with.
    const wider = owner.what === 'aggregation' && isWider(key.type, type);
    const value = coerce(decay(key), wider ? key.type : type, c.strsize);
    types[i] = wider ? key.type : widened(type, value.type);
    converted.push(value);
  }
  return converted;
}

function isWider(type: Type, than: Type): boolean {
  const [wide, narrow] = [asInteger(type), asInteger(than)];
  return wide !== undefined && narrow !== undefined && wide.size > narrow.size;
}

/** A string key is as long as the longest that any reference uses. */
function widened(type: Type, used: Type): Type {
  const to = resolve(type);
  const from = resolve(used);
  if (to.kind !== 'string' || from.kind !== 'string' || !isString(type) || to.capacity === undefined)
    return type;
  return from.capacity === undefined ? stringOf() : stringOf(Math.max(to.capacity, from.capacity));
}
