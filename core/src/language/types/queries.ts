/** Questions about one type. All of them look through typedefs. */
import type { EnumType, IntegerType, Member, PointerType, RecordType, Type, TypedefType } from '../types.js';
import { ERROR } from './basic.js';

/** A type that is not a typedef. */
export type BareType = Exclude<Type, TypedefType>;

export function resolve(type: Type): BareType {
  let bare = type;
  while (bare.kind === 'typedef') bare = bare.to;
  return bare;
}

export const isError = (type: Type): boolean => type === ERROR;
export const isVoid = (type: Type): boolean => resolve(type).kind === 'void';
export const isString = (type: Type): boolean => resolve(type).kind === 'string';
export const isFloat = (type: Type): boolean => resolve(type).kind === 'float';
export const isFunction = (type: Type): boolean => resolve(type).kind === 'function';

export function isInteger(type: Type): boolean {
  const { kind } = resolve(type);
  return kind === 'integer' || kind === 'enum';
}

/** Integers, enums and pointers: what a predicate or a logical operator takes. */
export function isScalar(type: Type): boolean {
  return isInteger(type) || resolve(type).kind === 'pointer';
}

/** Pointers, and arrays where they stand for the address of their first element. Strings are neither. */
export function isPointer(type: Type): boolean {
  const { kind } = resolve(type);
  return kind === 'pointer' || kind === 'array';
}

export function isRecord(type: Type): boolean {
  return asRecord(type) !== undefined;
}

export function asRecord(type: Type): RecordType | undefined {
  const bare = resolve(type);
  return bare.kind === 'struct' || bare.kind === 'union' ? bare : undefined;
}

export function isDynamic(type: Type): boolean {
  const bare = resolve(type);
  return bare.kind === 'opaque' && bare.name === 'dynamic';
}

export function isStack(type: Type): boolean {
  const bare = resolve(type);
  return (
    bare.kind === 'opaque' && (bare.name === 'stack' || bare.name === 'ustack' || bare.name === 'jstack')
  );
}

/** What a pointer points to, or an array consists of. */
export function pointee(type: Type): Type | undefined {
  const bare = resolve(type);
  if (bare.kind === 'pointer') return bare.to;
  return bare.kind === 'array' ? bare.of : undefined;
}

/** Pointers whose arithmetic has no unit: to void, to functions. */
export function isVoidOrFunctionPointer(type: Type): boolean {
  const bare = resolve(type);
  return bare.kind === 'pointer' && (isVoid(bare.to) || isFunction(bare.to));
}

function isChar(type: Type): boolean {
  const bare = resolve(type);
  return bare.kind === 'integer' && bare.char === true;
}

/** Strings, `char *` and `char []`: where one is expected another will do. */
export function isStringLike(type: Type): boolean {
  if (isString(type)) return true;
  const element = pointee(type);
  return element !== undefined && isChar(element);
}

export function isCharArray(type: Type): boolean {
  const bare = resolve(type);
  return bare.kind === 'array' && isChar(bare.of);
}

export function isSigned(type: Type): boolean {
  const bare = resolve(type);
  return (bare.kind === 'integer' || bare.kind === 'enum') && bare.signed;
}

export function spaceOf(type: Type): PointerType['space'] {
  const bare = resolve(type);
  return bare.kind === 'pointer' ? bare.space : undefined;
}

/** Bytes a value of the type takes; undefined where it has no size (void, functions, forward declarations). */
export function sizeOf(type: Type, strsize: number): number | undefined {
  const bare = resolve(type);
  switch (bare.kind) {
    case 'integer':
    case 'float':
    case 'enum':
      return bare.size;
    case 'pointer':
      return 8;
    case 'array': {
      const element = sizeOf(bare.of, strsize);
      return element === undefined ? undefined : element * (bare.length ?? 0);
    }
    case 'struct':
    case 'union':
      return bare.size;
    case 'string':
      return bare.capacity ?? strsize;
    case 'opaque':
      return bare.size;
    default:
      return undefined;
  }
}

export function alignOf(type: Type): number {
  const bare = resolve(type);
  switch (bare.kind) {
    case 'integer':
    case 'enum':
      return bare.size;
    case 'float':
      return Math.min(bare.size, 16);
    case 'array':
      return alignOf(bare.of);
    case 'struct':
    case 'union':
      return bare.align;
    case 'string':
      return 1;
    default:
      return 8;
  }
}

/** A member by name, looked up through anonymous structs and unions; its offset counts from the outer record. */
export function findMember(record: RecordType, name: string): Member | undefined {
  for (const member of record.members ?? []) {
    if (member.name === name) return member;
    const inner = member.name === '' ? asRecord(member.type) : undefined;
    const found = inner && findMember(inner, name);
    if (found) return { ...found, bitOffset: found.bitOffset + member.bitOffset };
  }
  return undefined;
}

/** Every name `findMember` would find, for suggestions. */
export function memberNames(record: RecordType): string[] {
  return (record.members ?? []).flatMap((member) => {
    if (member.name !== '') return [member.name];
    const inner = asRecord(member.type);
    return inner ? memberNames(inner) : [];
  });
}

/** Enums count as integers of their size. */
export function asInteger(type: Type): IntegerType | EnumType | undefined {
  const bare = resolve(type);
  return bare.kind === 'integer' || bare.kind === 'enum' ? bare : undefined;
}
