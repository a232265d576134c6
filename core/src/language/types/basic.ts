/** The types every D program starts with: C's basic ones on LP64 and D's own. */
import type {
  ArrayType,
  FloatType,
  IntegerType,
  OpaqueType,
  PointerType,
  StringType,
  Type,
  TypedefType,
  VoidType,
} from '../types.js';

const integer = (name: string, size: IntegerType['size'], signed: boolean): IntegerType => ({
  kind: 'integer',
  name,
  size,
  signed,
});

export const CHAR: IntegerType = { ...integer('char', 1, true), char: true };
export const SIGNED_CHAR: IntegerType = { ...integer('signed char', 1, true), char: true };
export const UNSIGNED_CHAR: IntegerType = { ...integer('unsigned char', 1, false), char: true };
export const BOOL: IntegerType = { ...integer('_Bool', 1, false), bool: true };
export const SHORT = integer('short', 2, true);
export const UNSIGNED_SHORT = integer('unsigned short', 2, false);
export const INT = integer('int', 4, true);
export const UNSIGNED_INT = integer('unsigned int', 4, false);
export const LONG = integer('long', 8, true);
export const UNSIGNED_LONG = integer('unsigned long', 8, false);
export const LONG_LONG = integer('long long', 8, true);
export const UNSIGNED_LONG_LONG = integer('unsigned long long', 8, false);
export const VOID: VoidType = { kind: 'void' };
export const STRING: StringType = { kind: 'string' };

export const STACK: OpaqueType = { kind: 'opaque', name: 'stack', size: 8 };
export const USTACK: OpaqueType = { kind: 'opaque', name: 'ustack', size: 16 };
export const JSTACK: OpaqueType = { kind: 'opaque', name: 'jstack', size: 16 };
export const SYMADDR: OpaqueType = { kind: 'opaque', name: 'symaddr', size: 8 };
export const USYMADDR: OpaqueType = { kind: 'opaque', name: 'usymaddr', size: 16 };

/** What has no value an operator could use: aggregations, translated data, arrays without their key. */
export const DYNAMIC: OpaqueType = { kind: 'opaque', name: 'dynamic', size: 0 };

/** The type of an expression that was already reported; nothing more is said about what is made of it. */
export const ERROR: OpaqueType = { kind: 'opaque', name: 'dynamic', size: 0 };

/** C's keyword types by their words in canonical order; sorting makes `long unsigned` and `unsigned long` one. */
const float = (name: string, size: number): FloatType => ({ kind: 'float', name, size });
const spellings: readonly (readonly [string, Type])[] = [
  ['void', VOID],
  ['char', CHAR],
  ['signed char', SIGNED_CHAR],
  ['unsigned char', UNSIGNED_CHAR],
  ['short', SHORT],
  ['unsigned short', UNSIGNED_SHORT],
  ['int', INT],
  ['signed', INT],
  ['unsigned', UNSIGNED_INT],
  ['long', LONG],
  ['unsigned long', UNSIGNED_LONG],
  ['long long', LONG_LONG],
  ['unsigned long long', UNSIGNED_LONG_LONG],
  ['float', float('float', 4)],
  ['double', float('double', 8)],
  ['long double', float('long double', 16)],
  ['_Bool', BOOL],
  ['bool', BOOL],
];

const canonical = (words: readonly string[]): string => [...words].sort().join(' ');
const byWords = new Map(spellings.map(([words, type]) => [canonical(words.split(' ')), type]));

/** The type that C's keywords name in any order; undefined when they name none. */
export function wordsType(words: readonly string[]): Type | undefined {
  const exact = byWords.get(canonical(words));
  if (exact) return exact;
  // `int` and `signed` add nothing beside another word, except that `signed char` is a type of its own.
  const significant = words.filter((word) => word !== 'int' && word !== 'signed');
  const sized = significant.every((word) => word === 'short' || word === 'long' || word === 'unsigned');
  const once = words.filter((word) => word === 'int').length <= 1;
  if (!sized || !once) return undefined;
  return significant.length === 0 ? INT : byWords.get(canonical(significant));
}

const typedef = (name: string, to: Type): TypedefType => ({ kind: 'typedef', name, to });
const typedefs: readonly (readonly [string, Type])[] = [
  ['int8_t', SIGNED_CHAR],
  ['int16_t', SHORT],
  ['int32_t', INT],
  ['int64_t', LONG],
  ['intptr_t', LONG],
  ['ssize_t', LONG],
  ['uint8_t', UNSIGNED_CHAR],
  ['uint16_t', UNSIGNED_SHORT],
  ['uint32_t', UNSIGNED_INT],
  ['uint64_t', UNSIGNED_LONG],
  ['uchar_t', UNSIGNED_CHAR],
  ['ushort_t', UNSIGNED_SHORT],
  ['uint_t', UNSIGNED_INT],
  ['ulong_t', UNSIGNED_LONG],
  ['longlong_t', LONG_LONG],
  ['u_longlong_t', UNSIGNED_LONG_LONG],
  ['ptrdiff_t', LONG],
  ['uintptr_t', UNSIGNED_LONG],
  ['size_t', UNSIGNED_LONG],
  ['stack', STACK],
  ['_symaddr', SYMADDR],
  ['_usymaddr', USYMADDR],
];
/** Elsewhere a system's headers have these. */
const systemTypedefs: readonly (readonly [string, Type])[] = [
  ['id_t', INT],
  ['pid_t', INT],
  ['uid_t', UNSIGNED_INT],
  ['gid_t', UNSIGNED_INT],
  ['zoneid_t', INT],
  ['hrtime_t', LONG_LONG],
  ['processorid_t', INT],
  ['psetid_t', INT],
  ['chipid_t', INT],
  ['lgrp_id_t', INT],
  ['ipaddr_t', UNSIGNED_INT],
];

/** D's own typedefs; scripts and the D library may use them without declaring anything. */
export const predefinedTypedefs: ReadonlyMap<string, Type> = new Map(
  [...typedefs, ...systemTypedefs].map(([name, to]) => [name, to.kind === 'opaque' ? to : typedef(name, to)]),
);

const ofSystem: ReadonlySet<string> = new Set(systemTypedefs.map(([name]) => name));
/** Whether a name means what D has it mean, and a script's own declaration may make it mean something else. */
export const isReplaceable = (name: string, type: Type): boolean =>
  ofSystem.has(name) && predefinedTypedefs.get(name) === type;

function predefined(name: string): TypedefType {
  const type = predefinedTypedefs.get(name);
  if (type?.kind !== 'typedef') throw new Error(`no predefined typedef ${name}`);
  return type;
}

export const INT64 = predefined('int64_t');
export const UINT64 = predefined('uint64_t');
export const UINT32 = predefined('uint32_t');
export const UINT16 = predefined('uint16_t');
export const SIZE = predefined('size_t');
export const UINTPTR = predefined('uintptr_t');
export const PTRDIFF = predefined('ptrdiff_t');
export const PID = predefined('pid_t');
export const ID = predefined('id_t');
export const UID = predefined('uid_t');
export const GID = predefined('gid_t');

export function pointerTo(to: Type, space?: PointerType['space']): PointerType {
  return space === undefined ? { kind: 'pointer', to } : { kind: 'pointer', to, space };
}

export function arrayOf(of: Type, length?: number): ArrayType {
  return length === undefined ? { kind: 'array', of } : { kind: 'array', of, length };
}

export function stringOf(capacity?: number): StringType {
  return capacity === undefined ? STRING : { kind: 'string', capacity };
}

export const VOID_POINTER = pointerTo(VOID);
export const CHAR_POINTER = pointerTo(CHAR);
