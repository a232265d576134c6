/** Building checked expressions: conversions, loads, addresses, folded constants. */
import type { Expr, ExprOf } from '../checked.js';
import type { Span } from '../source.js';
import { wrap } from '../types/arithmetic.js';
import { CHAR_POINTER, INT, LONG, pointerTo, stringOf, UNSIGNED_LONG } from '../types/basic.js';
import { bitFieldPlace } from '../types/bit-field.js';
import { sameType } from '../types/compatibility.js';
import {
  asInteger,
  asRecord,
  isCharArray,
  isError,
  isPointer,
  isString,
  pointee,
  resolve,
  sizeOf,
  spaceOf,
} from '../types/queries.js';
import type { Member, Type } from '../types.js';
import type { Let } from './values.js';

export function constant(type: Type, value: bigint, span: Span): ExprOf<'constant'> {
  return { kind: 'constant', type, value: wrap(type, value), span };
}

export const truth = (value: boolean, span: Span): Expr => constant(INT, value ? 1n : 0n, span);

/** The same value seen as another scalar type. */
export function convert(expr: Expr, type: Type): Expr {
  if (isError(expr.type) || isError(type)) return expr;
  if (expr.kind === 'constant') return constant(type, expr.value, expr.span);
  const from = resolve(expr.type);
  const to = resolve(type);
  if (from === to || (sameType(expr.type, type) && spaceOf(expr.type) === spaceOf(type))) return expr;
  const operand = decay(expr);
  // What is pointed to changes, not where it lies.
  const space = spaceOf(operand.type);
  const target = to.kind === 'pointer' && space !== undefined ? pointerTo(to.to, space) : type;
  return { kind: 'convert', type: target, operand, span: expr.span };
}

/** An array as the address of its first element; everything else as it is. */
export function decay(expr: Expr): Expr {
  const bare = resolve(expr.type);
  if (bare.kind !== 'array') return expr;
  const address = addressOf(expr);
  return retype(address, pointerTo(bare.of, spaceOf(address.type)));
}

function retype(expr: Expr, type: Type): Expr {
  if (expr.kind === 'address-of') return { ...expr, type };
  return sameType(expr.type, type) && spaceOf(expr.type) === spaceOf(type)
    ? expr
    : { kind: 'convert', type, operand: expr, span: expr.span };
}

/** The address of an lvalue, or of the bytes a record or array expression stands for. */
export function addressOf(expr: Expr): Expr {
  switch (expr.kind) {
    case 'load':
      return retype(expr.address, pointerTo(expr.type, spaceOf(expr.address.type)));
    case 'variable':
    case 'element':
      return { kind: 'address-of', type: pointerTo(expr.type), target: expr, span: expr.span };
    case 'let': {
      const body = addressOf(expr.body);
      return { ...expr, type: body.type, body };
    }
    default:
      return { kind: 'convert', type: pointerTo(expr.type), operand: expr, span: expr.span };
  }
}

/** What lies at an address. Pointers read from user memory are user pointers. */
export function load(type: Type, address: Expr, span: Span): Expr {
  const bare = resolve(type);
  const user = spaceOf(address.type) === 'user' && bare.kind === 'pointer';
  return { kind: 'load', type: user ? pointerTo(bare.to, 'user') : type, address, span };
}

/** `pointer + count * size`. */
export function offsetPointer(pointer: Expr, count: Expr, size: number, type: Type, span: Span): Expr {
  const wide = asInteger(count.type)?.signed === false ? UNSIGNED_LONG : LONG;
  const index = convert(count, wide);
  const scaled: Expr =
    index.kind === 'constant'
      ? constant(wide, index.value * BigInt(size), span)
      : size === 1
        ? index
        : {
            kind: 'arithmetic',
            operator: '*',
            type: wide,
            left: index,
            right: constant(wide, BigInt(size), span),
            span,
          };
  if (scaled.kind === 'constant' && scaled.value === 0n) return retype(pointer, type);
  if (pointer.kind === 'constant' && scaled.kind === 'constant') {
    return constant(type, pointer.value + scaled.value, span);
  }
  return { kind: 'arithmetic', operator: '+', type, left: pointer, right: scaled, span };
}

/** A member of the record at an address. */
export function memberAt(address: Expr, member: Member, span: Span): Expr {
  const space = spaceOf(address.type);
  if (member.bitSize === undefined) {
    const type = pointerTo(member.type, space);
    const offset = constant(LONG, BigInt(member.bitOffset / 8), span);
    if (address.kind === 'constant' && address.value === 0n && offset.value !== 0n) {
      // Not one constant: a fault names the pointer that was NULL.
      return load(
        member.type,
        { kind: 'arithmetic', operator: '+', type, left: address, right: offset, span },
        span,
      );
    }
    return load(member.type, offsetPointer(address, offset, 1, type, span), span);
  }
  const { unit, size, bit } = bitFieldPlace(member);
  const signed = asInteger(member.type)?.signed ?? false;
  const unitType = size === sizeOf(member.type, 0) ? member.type : signed ? LONG : UNSIGNED_LONG;
  const place = offsetPointer(
    address,
    constant(LONG, BigInt(unit), span),
    1,
    pointerTo(unitType, space),
    span,
  );
  const bits = { offset: bit, size: member.bitSize };
  return convert({ kind: 'load', type: unitType, address: place, bits, span }, member.type);
}

/** The string at an address, or the one a character array holds. */
export function toStringValue(expr: Expr, strsize: number): Expr {
  if (isString(expr.type) || isError(expr.type)) return expr;
  const bare = resolve(expr.type);
  if (isCharArray(expr.type)) {
    const length = bare.kind === 'array' ? (bare.length ?? 0) : 0;
    const capacity = length > 0 && length + 1 < strsize ? length + 1 : undefined;
    return { kind: 'stringof', type: stringOf(capacity), operand: expr, span: expr.span };
  }
  const operand = isPointer(expr.type) ? decay(expr) : convert(expr, CHAR_POINTER);
  return { kind: 'stringof', type: stringOf(), operand, span: expr.span };
}

/** A value made fit for a place of the given type; the two are known to be compatible. */
export function coerce(expr: Expr, type: Type, strsize: number): Expr {
  if (isError(expr.type) || isError(type)) return expr;
  if (isString(type)) return toStringValue(expr, strsize);
  if (asRecord(type) || resolve(type).kind === 'opaque' || resolve(type).kind === 'array') return expr;
  return convert(decay(expr), type);
}

/** `target = value`, the value fit for it already. */
export function assign(target: ExprOf<'variable'>, value: Expr, span: Span): Expr {
  return { kind: 'assign', type: target.type, target, value, span };
}

/** `target = 0`: a number 0, an empty string, a record of zeros. */
export function cleared(target: ExprOf<'variable'>, span: Span): Expr {
  return assign(target, { kind: 'constant', type: target.type, value: 0n, span }, span);
}

export function wrapLets(expr: Expr, lets: readonly Let[]): Expr {
  return lets.reduceRight<Expr>(
    (body, { temp, value }) => ({ kind: 'let', type: body.type, temp, value, body, span: body.span }),
    expr,
  );
}

/** Whether evaluating it twice costs nothing and gives the same. */
export function isLeaf(expr: Expr): boolean {
  return ['constant', 'string', 'builtin', 'arg', 'probe-arg', 'temp'].includes(expr.kind);
}

/** Whether memory at this address may be written: it comes from a variable's own pointer or bytes. */
export function isWritableAddress(address: Expr): boolean {
  switch (address.kind) {
    case 'variable':
    case 'element':
    case 'address-of':
      return true;
    case 'arithmetic':
      return isWritableAddress(address.left) || isWritableAddress(address.right);
    case 'convert':
      return isPointer(address.operand.type) && isWritableAddress(address.operand);
    case 'load':
      return isWritableAddress(address.address);
    case 'assign':
    case 'update':
      return true;
    default:
      return spaceOf(address.type) === 'scratch';
  }
}

export const pointeeSize = (type: Type, strsize: number): number =>
  sizeOf(pointee(type) ?? type, strsize) ?? 1;
