import type { BtfLinkage } from './kinds.js';

/**
 * BTF types as plain data. Every reference to another type is an id, so a type is cheap to hold and cycles are
 * no concern; id 0 is `void`. Sizes are in bytes unless a name says bits. Anonymous types have the name ''.
 */
interface Common {
  readonly id: number;
  readonly name: string;
}

export interface BtfVoid extends Common {
  readonly kind: 'void';
}

export interface BtfInt extends Common {
  readonly kind: 'int';
  readonly size: number;
  /** Bits in use, from `bitOffset` on; less than `size * 8` only in the bitfields of old compilers. */
  readonly bits: number;
  readonly bitOffset: number;
  readonly signed: boolean;
  readonly char: boolean;
  readonly bool: boolean;
}

export interface BtfFloat extends Common {
  readonly kind: 'float';
  readonly size: number;
}

/** Kinds that only refer to another type. For `type_tag` the name is the tag. */
export interface BtfModifier extends Common {
  readonly kind: 'ptr' | 'typedef' | 'volatile' | 'const' | 'restrict' | 'type_tag';
  readonly type: number;
}

export interface BtfArray extends Common {
  readonly kind: 'array';
  readonly element: number;
  /** Type of the index. */
  readonly index: number;
  readonly length: number;
}

export interface BtfMember {
  readonly name: string;
  readonly type: number;
  /** From the start of the enclosing struct, in bits. */
  readonly bitOffset: number;
  /** Width in bits; 0 for a member that is no bitfield. */
  readonly bitfieldSize: number;
}

export interface BtfComposite extends Common {
  readonly kind: 'struct' | 'union';
  readonly size: number;
  readonly members: readonly BtfMember[];
}

export interface BtfEnum extends Common {
  readonly kind: 'enum';
  readonly size: number;
  readonly signed: boolean;
  readonly values: readonly { readonly name: string; readonly value: number }[];
}

export interface BtfEnum64 extends Common {
  readonly kind: 'enum64';
  readonly size: number;
  readonly signed: boolean;
  readonly values: readonly { readonly name: string; readonly value: bigint }[];
}

/** A struct or union that is declared and not defined. */
export interface BtfForward extends Common {
  readonly kind: 'fwd';
  readonly of: 'struct' | 'union';
}

export interface BtfFunc extends Common {
  readonly kind: 'func';
  /** Id of its `func_proto`. */
  readonly type: number;
  readonly linkage: BtfLinkage;
}

export interface BtfParam {
  readonly name: string;
  readonly type: number;
}

export interface BtfFuncProto extends Common {
  readonly kind: 'func_proto';
  readonly returns: number;
  readonly params: readonly BtfParam[];
  /** Ends in `...`, which is not among `params`. */
  readonly variadic: boolean;
}

export interface BtfVar extends Common {
  readonly kind: 'var';
  readonly type: number;
  readonly linkage: BtfLinkage;
}

export interface BtfDatasec extends Common {
  readonly kind: 'datasec';
  readonly size: number;
  readonly entries: readonly { readonly type: number; readonly offset: number; readonly size: number }[];
}

export interface BtfDeclTag extends Common {
  readonly kind: 'decl_tag';
  /** The tagged type; the name is the tag. */
  readonly type: number;
  /** Index of the tagged member or parameter; -1 for the type itself. */
  readonly component: number;
}

export type BtfType =
  | BtfVoid
  | BtfInt
  | BtfFloat
  | BtfModifier
  | BtfArray
  | BtfComposite
  | BtfEnum
  | BtfEnum64
  | BtfForward
  | BtfFunc
  | BtfFuncProto
  | BtfVar
  | BtfDatasec
  | BtfDeclTag;
