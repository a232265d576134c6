import type { Member, RecordType, Type } from '../../language/types.js';
import { integerType } from '../types/integers.js';
import { recordAlignment } from '../types/record.js';
import { Cursor } from '../unwind/cursor.js';
import { AT, ENCODING, FORM, TAG } from './constants.js';
import type { DebugInfo } from './debug-info.js';
import { isPassedByReference } from './passed-by-reference.js';
import type { Entry } from './unit.js';

const VOID: Type = { kind: 'void' };
const BITS = 8;
const WORD = 8;

/** Kinds that qualify a type and leave its values alone. */
const TRANSPARENT: ReadonlySet<number> = new Set([TAG.const, TAG.volatile, TAG.restrict, TAG.atomic]);
const POINTERS: ReadonlySet<number> = new Set([TAG.pointer, TAG.reference, TAG.rvalueReference]);
const RECORDS: ReadonlySet<number> = new Set([TAG.structure, TAG.class, TAG.union]);

/** The types of a program as the language sees them. All its pointers lead into the memory of its processes. */
export class DwarfTypes {
  readonly #info: DebugInfo;
  readonly #known = new Map<string, Type>();

  constructor(info: DebugInfo) {
    this.#info = info;
  }

  /** The type that an entry (of a parameter, a member, …) says it has. */
  typeOf(entry: Entry | undefined): Type {
    const info = this.#info;
    for (let each = entry; each !== undefined; each = info.reference(each, AT.abstractOrigin)) {
      const type = info.reference(each, AT.type);
      if (type !== undefined) return this.#type(type);
    }
    return VOID;
  }

  named(tag: number, name: string): Type | undefined {
    const entry = this.#info.definition(tag, name);
    return entry && this.#type(entry);
  }

  #type(entry: Entry): Type {
    const key = `${entry.unit.sections === this.#info.sections} ${entry.offset}`;
    let type = this.#known.get(key);
    if (type === undefined) {
      type = this.#convert(entry);
      this.#known.set(key, type);
    }
    return type;
  }

  #convert(entry: Entry): Type {
    const { tag, unit } = entry;
    const target = () => this.typeOf(entry);
    if (TRANSPARENT.has(tag)) return target();
    if (POINTERS.has(tag)) return pointerTo(target);
    if (RECORDS.has(tag)) return this.#record(entry);
    switch (tag) {
      case TAG.base:
        return baseType(entry);
      case TAG.typedef:
        return lazily({ kind: 'typedef', name: unit.text(entry, AT.name) ?? '' }, { to: target });
      case TAG.array:
        return this.#array(entry);
      case TAG.enumeration:
        return this.#enumeration(entry);
      case TAG.subroutine:
        return { kind: 'function', returns: VOID, parameters: [], variadic: true };
      case TAG.pointerToMember:
        return { kind: 'integer', name: 'long', size: WORD, signed: true };
      default:
        return VOID;
    }
  }

  #array(entry: Entry): Type {
    const ranges = [...entry.unit.children(entry)].filter(({ tag }) => tag === TAG.subrange);
    return ranges.reduceRight<Type>((of, range) => {
      const count = range.unit.number(range, AT.count);
      const last = range.unit.number(range, AT.upperBound);
      const length = count ?? (last === undefined || last < 0 ? undefined : last + 1);
      return length === undefined ? { kind: 'array', of } : { kind: 'array', of, length };
    }, this.typeOf(entry));
  }

  #enumeration(given: Entry): Type {
    const entry = this.#defined(given);
    const { unit } = entry;
    const size = unit.number(entry, AT.byteSize) ?? 4;
    const values = () =>
      [...unit.children(entry)]
        .filter(({ tag }) => tag === TAG.enumerator)
        .map((each) => [unit.text(each, AT.name) ?? '', signedNumber(each, AT.constValue)] as const);
    const underlying = this.#info.reference(entry, AT.type);
    const encoding = underlying?.unit.number(underlying, AT.encoding);
    return lazily(
      {
        kind: 'enum',
        tag: unit.text(entry, AT.name) ?? '',
        size: size === 1 || size === 2 || size === 8 ? size : 4,
        signed:
          encoding === undefined ? values().some(([, value]) => value < 0) : encoding === ENCODING.signed,
      },
      { enumerators: () => new Map(values().map(([name, value]) => [name, BigInt(value)])) },
    );
  }

  #record(given: Entry): RecordType {
    const entry = this.#defined(given);
    const { unit } = entry;
    const base = {
      kind: entry.tag === TAG.union ? ('union' as const) : ('struct' as const),
      tag: unit.text(entry, AT.name) ?? '',
      size: unit.number(entry, AT.byteSize),
      program: true as const,
    };
    if (base.size === undefined) return { ...base, align: 1, members: undefined };
    const { size } = base;
    let members: readonly Member[] | undefined;
    const read = () => {
      members ??= [...this.#members(entry)];
      return members;
    };
    return lazily(base, {
      members: read,
      align: () => recordAlignment(read(), size),
      passedByReference: () => isPassedByReference(entry, read()),
    });
  }

  /** A declaration's definition, which may be in another unit; the declaration where there is none. */
  #defined(entry: Entry): Entry {
    const name = entry.unit.text(entry, AT.name);
    if (name === undefined || !entry.attributes.has(AT.declaration)) return entry;
    return this.#info.definition(entry.tag, name) ?? entry;
  }

  *#members(record: Entry): Generator<Member> {
    for (const entry of record.unit.children(record)) {
      if (entry.tag !== TAG.member && entry.tag !== TAG.inheritance) continue;
      const place = this.#place(entry);
      // Static members lie elsewhere; bases that are shared, at a place that only objects know.
      if (place === undefined || entry.attributes.has(AT.declaration)) continue;
      // What is inherited is found as if it were the record's own.
      yield { name: entry.unit.text(entry, AT.name) ?? '', type: this.typeOf(entry), ...place };
    }
  }

  #place(entry: Entry): Pick<Member, 'bitOffset' | 'bitSize'> | undefined {
    const { unit } = entry;
    const start = memberStart(entry);
    const bitSize = unit.number(entry, AT.bitSize);
    if (bitSize === undefined) return start === undefined ? undefined : { bitOffset: start * BITS };
    const own = unit.number(entry, AT.dataBitOffset);
    if (own !== undefined) return { bitOffset: own, bitSize };
    // Before DWARF 4: counted from the other end of what stores it.
    const fromTop = signedNumber(entry, AT.bitOffset);
    const type = this.#info.reference(entry, AT.type);
    const storage = unit.number(entry, AT.byteSize) ?? type?.unit.number(type, AT.byteSize) ?? 4;
    return { bitOffset: (start ?? 0) * BITS + storage * BITS - fromTop - bitSize, bitSize };
  }
}

const OP_PLUS_UCONST = 0x23;

/** Bytes from the record's start. A union's members say nothing. */
function memberStart(entry: Entry): number | undefined {
  const { unit } = entry;
  const form = unit.form(entry, AT.dataMemberLocation);
  if (form === undefined) return entry.tag === TAG.member ? 0 : undefined;
  if (form !== FORM.exprloc && form !== FORM.block1) return unit.number(entry, AT.dataMemberLocation);
  const cursor = new Cursor(unit.blockAt(entry, AT.dataMemberLocation), 0);
  return cursor.u8() === OP_PLUS_UCONST ? cursor.uleb() : undefined;
}

const WIDTH: Readonly<Record<number, number>> = { [FORM.data1]: 8, [FORM.data2]: 16, [FORM.data4]: 32 };

/** A number that may be below 0: short forms do not say. */
function signedNumber(entry: Entry, attribute: number): number {
  const value = entry.unit.number(entry, attribute) ?? 0;
  const width = WIDTH[entry.unit.form(entry, attribute) ?? 0];
  return width === undefined ? value : Number(BigInt.asIntN(width, BigInt(value)));
}

function baseType(entry: Entry): Type {
  const { unit } = entry;
  const name = unit.text(entry, AT.name) ?? '';
  const size = unit.number(entry, AT.byteSize) ?? 0;
  const encoding = unit.number(entry, AT.encoding);
  if (encoding === ENCODING.float || encoding === ENCODING.complexFloat) return { kind: 'float', name, size };
  const char = encoding === ENCODING.signedChar || encoding === ENCODING.unsignedChar;
  const signed = encoding === ENCODING.signed || encoding === ENCODING.signedChar;
  return integerType({ name, size, signed, char, bool: encoding === ENCODING.boolean });
}

function pointerTo(target: () => Type): Type {
  return lazily({ kind: 'pointer', space: 'user' }, { to: target });
}

/** A type some of whose parts are made when they are looked at: types refer to each other in circles. */
function lazily<T extends object, L extends Readonly<Record<string, () => unknown>>>(
  known: T,
  parts: L,
): T & { readonly [K in keyof L]: ReturnType<L[K]> } {
  const type: object = { ...known };
  for (const [name, make] of Object.entries(parts)) {
    let made: { readonly value: unknown } | undefined;
    Object.defineProperty(type, name, {
      enumerable: true,
      get: () => {
        made ??= { value: make() };
        return made.value;
      },
    });
  }
  return type as T & { readonly [K in keyof L]: ReturnType<L[K]> };
}
