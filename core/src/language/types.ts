/**
 * Types as the checker and the compiler see them: C's on a 64-bit little-endian machine, plus D's own.
 * Types are immutable values; records fetch their members on first use because kernel types are large.
 */

export interface IntegerType {
  readonly kind: 'integer';
  /** As printed in messages: `int`, `unsigned long`, `uint64_t` is a typedef of one of these. */
  readonly name: string;
  readonly size: 1 | 2 | 4 | 8 | 16;
  readonly signed: boolean;
  readonly char?: boolean;
  readonly bool?: boolean;
}

export interface FloatType {
  readonly kind: 'float';
  readonly name: string;
  readonly size: number;
}

export interface VoidType {
  readonly kind: 'void';
}

export interface PointerType {
  readonly kind: 'pointer';
  readonly to: Type;
  /** Where the pointed-to memory lives, when known. Undefined: kernel, as D has it. */
  readonly space?: 'user' | 'scratch';
}

export interface ArrayType {
  readonly kind: 'array';
  readonly of: Type;
  /** Number of elements; undefined for `[]`. */
  readonly length?: number;
}

export interface Member {
  /** Empty for an anonymous struct or union. */
  readonly name: string;
  readonly type: Type;
  /** From the start of the record, in bits. */
  readonly bitOffset: number;
  /** Present for bit fields: width in bits. */
  readonly bitSize?: number;
}

export interface RecordType {
  readonly kind: 'struct' | 'union';
  /** Empty for an anonymous record. */
  readonly tag: string;
  /** Bytes; undefined for a forward declaration, and then `members` is undefined too. */
  readonly size: number | undefined;
  readonly align: number;
  readonly members: readonly Member[] | undefined;
  /** BTF type id and module where the kernel knows this record (trusted pointers, relocation). */
  readonly btf?: { readonly id: number; readonly module?: string };
  /** A program's own: what is not known of it, the kernel's record of that name does not tell. */
  readonly program?: true;
  /** Functions get a pointer to a copy of it, whatever its size: C++ objects that are more than their bytes. */
  readonly passedByReference?: boolean;
}

export interface EnumType {
  readonly kind: 'enum';
  readonly tag: string;
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly enumerators: ReadonlyMap<string, bigint> | undefined;
}

export interface FunctionType {
  readonly kind: 'function';
  readonly returns: Type;
  readonly parameters: readonly Type[];
  readonly variadic: boolean;
}

export interface TypedefType {
  readonly kind: 'typedef';
  readonly name: string;
  readonly to: Type;
}

/** D's string: a NUL-terminated array of at most `strsize` bytes, compared and assigned by value. */
export interface StringType {
  readonly kind: 'string';
  /** Bytes including the NUL that every value of this expression fits in, when known (execname: 16). */
  readonly capacity?: number;
}

/** The result of stack(), ustack(), sym(), usym() …: printable and usable as a key, nothing else. */
export interface OpaqueType {
  readonly kind: 'opaque';
  readonly name: 'stack' | 'ustack' | 'jstack' | 'symaddr' | 'usymaddr' | 'dynamic';
  readonly size: number;
}

export type Type =
  | IntegerType
  | FloatType
  | VoidType
  | PointerType
  | ArrayType
  | RecordType
  | EnumType
  | FunctionType
  | TypedefType
  | StringType
  | OpaqueType;

/**
 * Where types and symbols come from that D text did not declare: kernel BTF, a recorded host, DWARF.
 * `module` is what stands before the backtick; undefined searches everywhere.
 */
export interface TypeSource {
  findRecord(kind: 'struct' | 'union', tag: string, module?: string): Type | undefined;
  findEnum(tag: string, module?: string): Type | undefined;
  findTypedef(name: string, module?: string): Type | undefined;
  /** An enumeration constant of the kernel, or undefined. */
  findEnumerator(name: string): { readonly value: bigint; readonly type: Type } | undefined;
  /** A kernel variable or function; `address` undefined when the kernel does not tell it. */
  findSymbol(
    name: string,
    module?: string,
  ): { readonly type: Type; readonly address: bigint | undefined } | undefined;
  /** A kernel function by its type alone. */
  findFunction(name: string, module?: string): FunctionType | undefined;
}
