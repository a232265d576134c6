import { decodeType } from './decode.js';
import { BtfError } from './error.js';
import { type BtfKind, KIND_CODE, KINDS } from './kinds.js';
import { NameIndex } from './name-index.js';
import { parseSections } from './sections.js';
import { type Indexes, packSnapshot, unpackSnapshot } from './snapshot.js';
import { StringTable } from './strings.js';
import { indexTypes, type TypeTable } from './type-table.js';
import type { BtfFuncProto, BtfModifier, BtfType } from './types.js';

/** Longest chain of typedefs, qualifiers and arrays that is followed; beyond it, the references form a cycle. */
const MAX_CHAIN = 64;

const POINTER_BYTES = 8;

const VOID: BtfType = { kind: 'void', id: 0, name: '' };

const TRANSPARENT: ReadonlySet<BtfKind> = new Set(['typedef', 'volatile', 'const', 'restrict', 'type_tag']);

function tableOf(words: Uint32Array, first: number, { starts, kinds }: Indexes): TypeTable {
  return { words, first, count: starts.length, starts, kinds };
}

/** True for kinds that rename or qualify a type and leave its values alone. */
export function isTransparent(type: BtfType): type is BtfModifier {
  return TRANSPARENT.has(type.kind);
}

/**
 * One BTF blob: a table of types, addressed by id. Reading is lazy: the constructor makes one pass over the type
 * section, names are indexed at the first look-up by name, and a type becomes an object when asked for.
 *
 * With a `base` (the BTF of a kernel module on vmlinux) ids and strings continue the base's: ids below `firstId`
 * are the base's types. Everything that takes an id throws `BtfError` if there is no such type.
 */
export class Btf {
  /** The BTF that this one continues. */
  readonly base: Btf | undefined;
  /** Lowest id that is not the base's; 1 without a base. */
  readonly firstId: number;
  /** One past the highest id. */
  readonly endId: number;
  readonly #blob: Uint8Array;
  readonly #table: TypeTable;
  readonly #strings: StringTable;
  readonly #types = new Map<number, BtfType>();
  #names: NameIndex | undefined;

  /** Views `blob` in place, so it must not change afterwards. Throws `BtfError` if it is malformed. */
  constructor(blob: Uint8Array, base?: Btf, indexes?: Indexes) {
    const { words, strings } = parseSections(blob);
    this.base = base;
    this.firstId = base?.endId ?? 1;
    this.#strings = new StringTable(strings, base === undefined ? undefined : base.#strings);
    this.#blob = blob;
    this.#table =
      indexes === undefined ? indexTypes(words, this.firstId) : tableOf(words, this.firstId, indexes);
    if (indexes !== undefined) this.#names = new NameIndex(this.#table, this.#strings, indexes);
    this.endId = this.firstId + this.#table.count;
  }

  /** Bytes of the blob. */
  get size(): number {
    return this.#blob.length;
  }

  /** The blob with the indexes made of it, to be kept: `Btf.restore` of it has nothing to build. Without a base only. */
  snapshot(): Uint8Array {
    this.#names ??= new NameIndex(this.#table, this.#strings);
    const { starts, kinds } = this.#table;
    return packSnapshot(this.#blob, { starts, kinds, heads: this.#names.heads, next: this.#names.next });
  }

  /** From a snapshot; undefined if it is none, or of another format. Its bytes are viewed in place. */
  static restore(bytes: Uint8Array): Btf | undefined {
    const unpacked = unpackSnapshot(bytes);
    return unpacked && new Btf(unpacked.blob, undefined, unpacked.indexes);
  }

  /** One past the highest string offset; where the strings of a BTF on top of this one start. */
  get stringEnd(): number {
    return this.#strings.end;
  }

  kind(id: number): BtfKind {
    if (id === 0) return 'void';
    if (id < this.firstId && this.base !== undefined) return this.base.kind(id);
    return KINDS[this.#table.kinds[this.#position(id)]!]!;
  }

  /** The type's name, '' if it has none. */
  name(id: number): string {
    if (id === 0) return '';
    if (id < this.firstId && this.base !== undefined) return this.base.name(id);
    const offset = this.#table.words[this.#table.starts[this.#position(id)]!]!;
    return offset === 0 ? '' : this.#strings.at(offset);
  }

  /** The type itself; the same object every time. */
  type(id: number): BtfType {
    if (id === 0) return VOID;
    if (id < this.firstId && this.base !== undefined) return this.base.type(id);
    const known = this.#types.get(id);
    if (known !== undefined) return known;
    const start = this.#table.starts[this.#position(id)]!;
    const type = decodeType({
      id,
      kind: this.kind(id),
      words: this.#table.words,
      start,
      strings: this.#strings,
    });
    this.#types.set(id, type);
    return type;
  }

  /** Lowest id of the type of this kind and name, its own before the base's. */
  findId(kind: BtfKind, name: string): number | undefined {
    for (const id of this.#index().ids(name, KIND_CODE[kind])) return id;
    return this.base?.findId(kind, name);
  }

  /** Ids of all types with this name, of any kind, its own before the base's. */
  findAll(name: string): number[] {
    return [...this.#index().ids(name), ...(this.base?.findAll(name) ?? [])];
  }

  /** Ids of its own types of one kind in ascending order, without the base's. */
  *ids(kind: BtfKind): Generator<number> {
    const code = KIND_CODE[kind];
    const { kinds, count } = this.#table;
    for (let i = 0; i < count; i++) if (kinds[i] === code) yield this.firstId + i;
  }

  /** Names of its own types of one kind in the order of ids, without the base's and without anonymous types. */
  *names(kind: BtfKind): Generator<string> {
    for (const id of this.ids(kind)) {
      const name = this.name(id);
      if (name !== '') yield name;
    }
  }

  /** The type behind typedefs, qualifiers and type tags. Throws `BtfError` if they form a cycle. */
  resolve(id: number): BtfType {
    let type = this.type(id);
    for (let steps = 0; isTransparent(type); steps++) {
      if (steps === MAX_CHAIN) throw new BtfError(`BTF type ${id} refers to itself`);
      type = this.type(type.type);
    }
    return type;
  }

  /** Bytes a value of the type takes; undefined for what has no values (void, functions, forward declarations). */
  sizeof(id: number): number | undefined {
    let count = 1;
    let type = this.resolve(id);
    for (let steps = 0; type.kind === 'array' || type.kind === 'var'; steps++) {
      if (steps === MAX_CHAIN) throw new BtfError(`BTF type ${id} refers to itself`);
      if (type.kind === 'array') count *= type.length;
      type = this.resolve(type.kind === 'array' ? type.element : type.type);
    }
    const size = type.kind === 'ptr' ? POINTER_BYTES : 'size' in type ? type.size : undefined;
    if (size === undefined) return undefined;
    if (!Number.isSafeInteger(size * count)) throw new BtfError(`BTF type ${id} has an impossible size`);
    return size * count;
  }

  /** Prototype of the function called `name`; undefined if there is no such function. */
  funcProto(name: string): BtfFuncProto | undefined {
    const id = this.findId('func', name);
    if (id === undefined) return undefined;
    const func = this.type(id);
    const proto = func.kind === 'func' ? this.type(func.type) : func;
    if (proto.kind !== 'func_proto')
      throw new BtfError(`BTF function "${name}" has a ${proto.kind} for prototype`);
    return proto;
  }

  #index(): NameIndex {
    this.#names ??= new NameIndex(this.#table, this.#strings);
    return this.#names;
  }

  #position(id: number): number {
    const position = id - this.firstId;
    if (!Number.isInteger(id) || position < 0 || position >= this.#table.count) {
      throw new BtfError(`BTF has no type ${id}; ids go up to ${this.endId - 1}`);
    }
    return position;
  }
}
