import {
  type BtfKind,
  ELEMENT_WORDS,
  FIXED_WORDS,
  INT_BOOL,
  INT_CHAR,
  INT_SIGNED,
  KIND_CODE,
  LINKAGES,
} from './kinds.js';
import type { BtfComposite, BtfType } from './types.js';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A type to be written: as read, without the id that writing gives it. */
export type BtfTypeInit = Without<Exclude<BtfType, { kind: 'void' }>, 'id'>;

type InitOf<K extends BtfKind> = Extract<BtfTypeInit, { kind: K }>;

/** What of a type is not its name: flag, element count, size or type, and the words after the common ones. */
interface Encoded {
  readonly flag?: boolean;
  readonly vlen?: number;
  readonly sizeOrType?: number;
  readonly tail?: readonly number[];
}

/** Offset of a string in the table being written. */
type Intern = (text: string) => number;

type Encoder<K extends BtfKind> = (type: InitOf<K>, intern: Intern) => Encoded;

const refer = ({ type }: { readonly type: number }): Encoded => ({ sizeOrType: type });

const composite = ({ size, members }: Without<BtfComposite, 'id'>, intern: Intern): Encoded => {
  const flag = members.some(({ bitfieldSize }) => bitfieldSize > 0);
  // With the flag, a member's offset has only 24 bits and its width the other eight.
  const limit = flag ? 0xffffff : 0xffffffff;
  const tail = members.flatMap(({ name, type, bitOffset, bitfieldSize }) => {
    if (bitOffset > limit) throw new RangeError(`member ${name} is too far out at bit ${bitOffset}`);
    if (bitfieldSize > 0xff) throw new RangeError(`bitfield ${name} of ${bitfieldSize} bits is too wide`);
    return [intern(name), type, flag ? (bitfieldSize << 24) | bitOffset : bitOffset];
  });
  return { flag, vlen: members.length, sizeOrType: size, tail };
};

const ENCODERS: { readonly [K in Exclude<BtfKind, 'void'>]: Encoder<K> } = {
  int: ({ size, bits, bitOffset, signed, char, bool }) => {
    const flags = (signed ? INT_SIGNED : 0) | (char ? INT_CHAR : 0) | (bool ? INT_BOOL : 0);
    return { sizeOrType: size, tail: [(flags << 24) | (bitOffset << 16) | bits] };
  },
  float: ({ size }) => ({ sizeOrType: size }),
  ptr: refer,
  typedef: refer,
  volatile: refer,
  const: refer,
  restrict: refer,
  type_tag: refer,
  array: ({ element, index, length }) => ({ tail: [element, index, length] }),
  struct: composite,
  union: composite,
  enum: ({ size, signed, values }, intern) => ({
    flag: signed,
    vlen: values.length,
    sizeOrType: size,
    tail: values.flatMap(({ name, value }) => {
      if (value !== (signed ? value | 0 : value >>> 0)) {
        throw new RangeError(
          `enumerator ${name} = ${value} does not fit ${signed ? 'signed' : 'unsigned'} 32 bits`,
        );
      }
      return [intern(name), value];
    }),
  }),
  enum64: ({ size, signed, values }, intern) => ({
    flag: signed,
    vlen: values.length,
    sizeOrType: size,
    tail: values.flatMap(({ name, value }) => [
      intern(name),
      Number(BigInt.asUintN(32, value)),
      Number(BigInt.asUintN(32, value >> 32n)),
    ]),
  }),
  fwd: ({ of }) => ({ flag: of === 'union' }),
  // A function's linkage sits where other kinds count their elements.
  func: ({ type, linkage }) => ({ sizeOrType: type, vlen: LINKAGES.indexOf(linkage) }),
  func_proto: ({ returns, params, variadic }, intern) => {
    const tail = params.flatMap(({ name, type }) => [intern(name), type]);
    if (variadic) tail.push(0, 0);
    return { sizeOrType: returns, vlen: tail.length / 2, tail };
  },
  var: ({ type, linkage }) => ({ sizeOrType: type, tail: [LINKAGES.indexOf(linkage)] }),
  datasec: ({ size, entries }) => ({
    vlen: entries.length,
    sizeOrType: size,
    tail: entries.flatMap(({ type, offset, size: bytes }) => [type, offset, bytes]),
  }),
  decl_tag: ({ type, component }) => ({ sizeOrType: type, tail: [component] }),
};

/** The words of one type. Throws `RangeError` when it has more elements than the encoding can count. */
export function encodeType(type: BtfTypeInit, intern: Intern): number[] {
  const encoder = ENCODERS[type.kind] as (type: BtfTypeInit, intern: Intern) => Encoded;
  const { flag = false, vlen = 0, sizeOrType = 0, tail = [] } = encoder(type, intern);
  if (vlen > 0xffff)
    throw new RangeError(`${type.kind} "${type.name}" has ${vlen} elements, more than 65535`);
  const code = KIND_CODE[type.kind];
  const expected = FIXED_WORDS[code]! + (ELEMENT_WORDS[code]! === 0 ? 0 : ELEMENT_WORDS[code]! * vlen);
  if (tail.length !== expected)
    throw new Error(`${type.kind} encodes to ${tail.length} words, not ${expected}`);
  return [intern(type.name), ((flag ? 1 : 0) << 31) | (code << 24) | vlen, sizeOrType, ...tail];
}
