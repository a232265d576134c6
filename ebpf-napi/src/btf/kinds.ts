/** All kinds of BTF types; the position in the list is the number in the encoding. Id 0 is the only `void`. */
export const KINDS = [
  'void',
  'int',
  'ptr',
  'array',
  'struct',
  'union',
  'enum',
  'fwd',
  'typedef',
  'volatile',
  'const',
  'restrict',
  'func',
  'func_proto',
  'var',
  'datasec',
  'float',
  'decl_tag',
  'type_tag',
  'enum64',
] as const;

export type BtfKind = (typeof KINDS)[number];

/** Number of a kind in the encoding. */
export const KIND_CODE = Object.fromEntries(KINDS.map((kind, code) => [kind, code])) as Record<
  BtfKind,
  number
>;

/** Words that follow the three common ones: `fixed`, and `each` for every one of the type's `vlen` elements. */
const TAIL: Partial<Record<BtfKind, { fixed?: number; each?: number }>> = {
  int: { fixed: 1 },
  array: { fixed: 3 },
  struct: { each: 3 },
  union: { each: 3 },
  enum: { each: 2 },
  func_proto: { each: 2 },
  var: { fixed: 1 },
  datasec: { each: 3 },
  decl_tag: { fixed: 1 },
  enum64: { each: 3 },
};

/** `TAIL` by kind number, flat because the index pass reads it for every type. */
export const FIXED_WORDS = Uint8Array.from(KINDS, (kind) => TAIL[kind]?.fixed ?? 0);
export const ELEMENT_WORDS = Uint8Array.from(KINDS, (kind) => TAIL[kind]?.each ?? 0);

/** Words that all types start with: name offset, info, size or type. */
export const COMMON_WORDS = 3;

/** Linkage of functions and variables by number. */
export const LINKAGES = ['static', 'global', 'extern'] as const;
export type BtfLinkage = (typeof LINKAGES)[number];

/** Flags of an `int`. */
export const INT_SIGNED = 1;
export const INT_CHAR = 2;
export const INT_BOOL = 4;

export const BTF_MAGIC = 0xeb9f;
export const BTF_VERSION = 1;
export const HEADER_BYTES = 24;
