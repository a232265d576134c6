import { BtfError } from './error.js';
import type { BtfLinkage } from './kinds.js';
import {
  type BtfKind,
  COMMON_WORDS,
  ELEMENT_WORDS,
  INT_BOOL,
  INT_CHAR,
  INT_SIGNED,
  KIND_CODE,
  LINKAGES,
} from './kinds.js';
import type { StringTable } from './strings.js';
import type { BtfMember, BtfModifier, BtfType } from './types.js';

/** One encoded type: its words from the start of the type on, and its common fields taken apart. */
export interface RawType {
  readonly id: number;
  readonly kind: BtfKind;
  readonly words: Uint32Array;
  readonly start: number;
  readonly strings: StringTable;
}

/** The fields all decoders use. `word(i)` is the i-th word after the common ones. */
class Raw {
  readonly id: number;
  readonly name: string;
  readonly vlen: number;
  /** Kind flag: bitfields in structs, signed enums, unions among forwards. */
  readonly flag: boolean;
  /** Size in bytes or id of the referred type, as the kind has it. */
  readonly sizeOrType: number;
  readonly #raw: RawType;

  constructor(raw: RawType) {
    const { words, start, strings } = raw;
    const info = words[start + 1]!;
    this.#raw = raw;
    this.id = raw.id;
    this.name = words[start] === 0 ? '' : strings.at(words[start]!);
    this.vlen = info & 0xffff;
    this.flag = info >>> 31 !== 0;
    this.sizeOrType = words[start + 2]!;
  }

  word(i: number): number {
    return this.#raw.words[this.#raw.start + COMMON_WORDS + i]!;
  }

  string(i: number): string {
    const offset = this.word(i);
    return offset === 0 ? '' : this.#raw.strings.at(offset);
  }

  /** Maps the type's elements; `at` is the index of the element's first word, for `word` and `string`. */
  elements<T>(map: (at: number) => T): T[] {
    const each = ELEMENT_WORDS[KIND_CODE[this.#raw.kind]]!;
    return Array.from({ length: this.vlen }, (_, i) => map(i * each));
  }

  linkage(code: number): BtfLinkage {
    const linkage = LINKAGES[code];
    if (linkage === undefined) throw new BtfError(`BTF type ${this.id} has unknown linkage ${code}`);
    return linkage;
  }
}

function member(raw: Raw, at: number): BtfMember {
  const place = raw.word(at + 2);
  return {
    name: raw.string(at),
    type: raw.word(at + 1),
    bitOffset: raw.flag ? place & 0xffffff : place,
    bitfieldSize: raw.flag ? place >>> 24 : 0,
  };
}

const composite =
  (kind: 'struct' | 'union') =>
  (raw: Raw): BtfType => ({
    kind,
    id: raw.id,
    name: raw.name,
    size: raw.sizeOrType,
    members: raw.elements((at) => member(raw, at)),
  });

const modifier =
  (kind: BtfModifier['kind']) =>
  (raw: Raw): BtfType => ({ kind, id: raw.id, name: raw.name, type: raw.sizeOrType });

const DECODERS: Readonly<Record<BtfKind, (raw: Raw) => BtfType>> = {
  void: () => ({ kind: 'void', id: 0, name: '' }),
  int: (raw) => {
    const word = raw.word(0);
    const flags = word >>> 24;
    return {
      kind: 'int',
      id: raw.id,
      name: raw.name,
      size: raw.sizeOrType,
      bits: word & 0xff,
      bitOffset: (word >>> 16) & 0xff,
      signed: (flags & INT_SIGNED) !== 0,
      char: (flags & INT_CHAR) !== 0,
      bool: (flags & INT_BOOL) !== 0,
    };
  },
  float: ({ id, name, sizeOrType }) => ({ kind: 'float', id, name, size: sizeOrType }),
  ptr: modifier('ptr'),
  typedef: modifier('typedef'),
  volatile: modifier('volatile'),
  const: modifier('const'),
  restrict: modifier('restrict'),
  type_tag: modifier('type_tag'),
  array: (raw) => ({
    kind: 'array',
    id: raw.id,
    name: raw.name,
    element: raw.word(0),
    index: raw.word(1),
    length: raw.word(2),
  }),
  struct: composite('struct'),
  union: composite('union'),
  enum: (raw) => ({
    kind: 'enum',
    id: raw.id,
    name: raw.name,
    size: raw.sizeOrType,
    signed: raw.flag,
    values: raw.elements((at) => ({
      name: raw.string(at),
      value: raw.flag ? raw.word(at + 1) | 0 : raw.word(at + 1),
    })),
  }),
  enum64: (raw) => ({
    kind: 'enum64',
    id: raw.id,
    name: raw.name,
    size: raw.sizeOrType,
    signed: raw.flag,
    values: raw.elements((at) => {
      const value = (BigInt(raw.word(at + 2)) << 32n) | BigInt(raw.word(at + 1));
      return { name: raw.string(at), value: raw.flag ? BigInt.asIntN(64, value) : value };
    }),
  }),
  fwd: ({ id, name, flag }) => ({ kind: 'fwd', id, name, of: flag ? 'union' : 'struct' }),
  func: (raw) => ({
    kind: 'func',
    id: raw.id,
    name: raw.name,
    type: raw.sizeOrType,
    linkage: raw.linkage(raw.vlen),
  }),
  func_proto: (raw) => {
    const params = raw.elements((at) => ({ name: raw.string(at), type: raw.word(at + 1) }));
    const last = params.at(-1);
    // The encoding of `...`: a last parameter without name or type.
    const variadic = last !== undefined && last.type === 0 && last.name === '';
    if (variadic) params.pop();
    return { kind: 'func_proto', id: raw.id, name: raw.name, returns: raw.sizeOrType, params, variadic };
  },
  var: (raw) => ({
    kind: 'var',
    id: raw.id,
    name: raw.name,
    type: raw.sizeOrType,
    linkage: raw.linkage(raw.word(0)),
  }),
  datasec: (raw) => ({
    kind: 'datasec',
    id: raw.id,
    name: raw.name,
    size: raw.sizeOrType,
    entries: raw.elements((at) => ({ type: raw.word(at), offset: raw.word(at + 1), size: raw.word(at + 2) })),
  }),
  decl_tag: (raw) => ({
    kind: 'decl_tag',
    id: raw.id,
    name: raw.name,
    type: raw.sizeOrType,
    component: raw.word(0) | 0,
  }),
};

/** Takes one type apart. The index pass has made sure that its words are there. Throws `BtfError` for bad strings. */
export function decodeType(raw: RawType): BtfType {
  return DECODERS[raw.kind](new Raw(raw));
}
