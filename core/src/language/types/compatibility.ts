/** When two types go together: C's rules, widened by D for strings. */
import type { Type } from '../types.js';
import {
  isDynamic,
  isInteger,
  isPointer,
  isString,
  isStringLike,
  isVoid,
  pointee,
  resolve,
  spaceOf,
} from './queries.js';

/** An operand as the rules see it: its type, and its value when it is an integer constant. */
export interface Typed {
  readonly type: Type;
  readonly constant?: bigint | undefined;
}

/** The same type up to typedefs and names of equal records. */
export function sameType(left: Type, right: Type): boolean {
  const a = resolve(left);
  const b = resolve(right);
  if (a === b) return true;
  switch (a.kind) {
    case 'integer':
      return b.kind === 'integer' && a.size === b.size && a.signed === b.signed;
    case 'float':
      return b.kind === 'float' && a.size === b.size;
    case 'pointer':
      return b.kind === 'pointer' && sameType(a.to, b.to);
    case 'array':
      return b.kind === 'array' && a.length === b.length && sameType(a.of, b.of);
    case 'struct':
    case 'union':
      return b.kind === a.kind && a.tag === b.tag && (a.tag !== '' || a.size === b.size);
    case 'enum':
      return b.kind === 'enum' && a.tag === b.tag;
    case 'function':
      return b.kind === 'function';
    case 'opaque':
      return b.kind === 'opaque' && a.name === b.name && a.name !== 'dynamic';
    default:
      return a.kind === b.kind;
  }
}

/**
 * The type two pointers meet in, or undefined when they do not go together. One side may be the constant 0; void
 * goes with everything; user addresses and kernel addresses do not mix.
 */
export function commonPointer(left: Typed, right: Typed): Type | undefined {
  if (isDynamic(left.type) || isDynamic(right.type)) return undefined;
  const leftInteger = isInteger(left.type);
  const rightInteger = isInteger(right.type);
  if (leftInteger && rightInteger) return undefined;
  if (leftInteger) return left.constant === 0n && isPointer(right.type) ? right.type : undefined;
  if (rightInteger) return right.constant === 0n && isPointer(left.type) ? left.type : undefined;
  const a = pointee(left.type);
  const b = pointee(right.type);
  if (a === undefined || b === undefined) return undefined;
  if ((spaceOf(left.type) === 'user') !== (spaceOf(right.type) === 'user')) return undefined;
  if (isVoid(b)) return left.type;
  return isVoid(a) || sameType(a, b) ? right.type : undefined;
}

/** Whether a value may be assigned to, or passed for, a place of the given type. */
export function assignable(to: Type, value: Typed): boolean {
  if (isInteger(to) && isInteger(value.type)) return true;
  if (isStringLike(to) && isStringLike(value.type)) return true;
  if (isString(to) && isNull(value)) return true;
  const bare = resolve(to);
  if (bare.kind === 'opaque' || bare.kind === 'struct' || bare.kind === 'union' || bare.kind === 'function') {
    return sameType(to, value.type);
  }
  return commonPointer({ type: to }, value) !== undefined;
}

/** The constant 0: no string, no address. */
export const isNull = ({ type, constant }: Typed): boolean => constant === 0n && isInteger(type);

/** Two string-like operands of which one is really a string: compared by content. */
export function comparedAsStrings(left: Type, right: Type): boolean {
  return isStringLike(left) && isStringLike(right) && (isString(left) || isString(right));
}
