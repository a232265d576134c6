import { Cursor } from '../unwind/cursor.js';
import { type Abbreviation, readAbbreviations } from './abbreviations.js';
import { AT, FORM } from './constants.js';
import type { DebugSections } from './debug-sections.js';
import { DwarfError, readForm, type Sizes } from './forms.js';

interface Attribute {
  readonly form: number;
  readonly value: number;
}

/** A debugging information entry. */
export interface Entry {
  readonly unit: Unit;
  /** In .debug_info: tells entries of a file apart. */
  readonly offset: number;
  readonly tag: number;
  readonly hasChildren: boolean;
  /** Where in the unit its attributes end. */
  readonly end: number;
  readonly attributes: ReadonlyMap<number, Attribute>;
}

/** What the first bytes of a unit say. */
export interface UnitHeader extends Sizes {
  /** In .debug_info. */
  readonly start: number;
  readonly end: number;
  /** From the unit's start: its first entry. */
  readonly entries: number;
  readonly abbreviations: number;
}

const LONGEST_HEADER = 40;
const UNIT_TYPE = 2;
const UNIT_SKELETON = 4;
const UNIT_SPLIT = 5;
const UNIT_SPLIT_TYPE = 6;

/** The header of the unit at an offset; undefined behind the last one. */
export function readUnitHeader(sections: DebugSections, start: number): UnitHeader | undefined {
  if (start + 12 > sections.sizeOf('.debug_info')) return undefined;
  const cursor = new Cursor(sections.part('.debug_info', start, LONGEST_HEADER), 0);
  let length = cursor.u32();
  const offset = length === 0xffff_ffff ? 8 : 4;
  if (offset === 8) length = cursor.u64();
  const end = start + cursor.at + length;
  const version = cursor.u16();
  const type = version >= 5 ? cursor.u8() : 0;
  if (version >= 5) cursor.at++;
  const abbreviations = readForm(FORM.secOffset, cursor, { offset, version });
  if (version < 5) cursor.at++;
  if (type === UNIT_SKELETON || type === UNIT_SPLIT) cursor.at += 8;
  if (type === UNIT_TYPE || type === UNIT_SPLIT_TYPE) cursor.at += 8 + offset;
  return { start, end, offset, version, entries: cursor.at, abbreviations };
}

const STRING_OFFSETS_HEADER = 8;
const WORD = 8;

/** One unit of .debug_info: its bytes, read when an entry is asked for. */
export class Unit {
  readonly #bytes: Buffer;
  readonly #abbreviations: ReadonlyMap<number, Abbreviation>;
  #root: Entry | undefined;

  constructor(
    readonly header: UnitHeader,
    readonly sections: DebugSections,
  ) {
    const { start, end, abbreviations } = header;
    this.#bytes = sections.part('.debug_info', start, end - start);
    this.#abbreviations = sections.once(`abbreviations ${abbreviations}`, () =>
      readAbbreviations(sections.all('.debug_abbrev'), abbreviations),
    );
  }

  get root(): Entry {
    if (this.#root === undefined) {
      const root = this.#read(this.header.entries);
      if (root === undefined) throw new DwarfError('a unit without entries');
      this.#root = root;
    }
    return this.#root;
  }

  /** An entry by its offset in .debug_info. */
  entry(offset: number): Entry | undefined {
    return this.#read(offset - this.header.start);
  }

  /** undefined: the mark that ends a list of children. */
  #read(at: number): Entry | undefined {
    const cursor = new Cursor(this.#bytes, 0, at);
    const code = cursor.uleb();
    if (code === 0) return undefined;
    const shape = this.#abbreviations.get(code);
    if (shape === undefined) throw new DwarfError(`no abbreviation ${code}`);
    const attributes = new Map<number, Attribute>();
    for (const { attribute, form: written, constant } of shape.attributes) {
      const form = written === FORM.indirect ? cursor.uleb() : written;
      const value = constant ?? readForm(form, cursor, this.header);
      attributes.set(attribute, { form, value });
    }
    const { tag, hasChildren } = shape;
    return { unit: this, offset: this.header.start + at, tag, hasChildren, end: cursor.at, attributes };
  }

  /** What an attribute refers to in this unit. */
  within({ attributes }: Entry, attribute: number): Entry | undefined {
    const found = attributes.get(attribute);
    return found && WITHIN.has(found.form) ? this.#read(found.value) : undefined;
  }

  *children(parent: Entry): Generator<Entry> {
    if (!parent.hasChildren) return;
    let at = parent.end;
    for (let child = this.#read(at); child !== undefined; child = this.#read(at)) {
      yield child;
      at = this.#behind(child);
    }
  }

  /** Where the next entry of the same level begins. */
  #behind(entry: Entry): number {
    if (!entry.hasChildren) return entry.end;
    const sibling = entry.attributes.get(AT.sibling);
    if (sibling !== undefined) return sibling.value;
    let at = entry.end;
    for (let child = this.#read(at); child !== undefined; child = this.#read(at)) at = this.#behind(child);
    return at + 1;
  }

  /** All entries, whatever they are in. */
  *all(): Generator<Entry> {
    const size = this.header.end - this.header.start;
    for (let at = this.header.entries; at < size; ) {
      const entry = this.#read(at);
      at = entry?.end ?? at + 1;
      if (entry !== undefined) yield entry;
    }
  }

  text({ attributes }: Entry, attribute: number): string | undefined {
    const found = attributes.get(attribute);
    if (found === undefined) return undefined;
    const { form, value } = found;
    switch (form) {
      case FORM.string:
        return textAt(this.#bytes, value);
      case FORM.strp:
        return textAt(this.sections.all('.debug_str'), value);
      case FORM.lineStrp:
        return textAt(this.sections.all('.debug_line_str'), value);
      case FORM.gnuStrpAlt:
      case FORM.strpSup:
        return textAt(this.sections.alternate?.all('.debug_str') ?? Buffer.alloc(0), value);
      default:
        return textAt(this.sections.all('.debug_str'), this.#stringOffset(value));
    }
  }

  #stringOffset(index: number): number {
    const { offset } = this.header;
    const base = this.root.attributes.get(AT.strOffsetsBase)?.value ?? STRING_OFFSETS_HEADER;
    const table = this.sections.all('.debug_str_offsets');
    return offset === 8
      ? Number(table.readBigUInt64LE(base + index * offset))
      : table.readUInt32LE(base + index * offset);
  }

  /** A number that is no address. */
  number({ attributes }: Entry, attribute: number): number | undefined {
    const found = attributes.get(attribute);
    return found === undefined || isBlock(found.form) ? undefined : found.value;
  }

  address({ attributes }: Entry, attribute: number): number | undefined {
    const found = attributes.get(attribute);
    if (found === undefined) return undefined;
    return found.form === FORM.addr ? found.value : this.addressAt(found.value);
  }

  /** One of the addresses that units refer to by number. */
  addressAt(index: number): number {
    const base = this.root.attributes.get(AT.addrBase)?.value ?? 0;
    return Number(this.sections.all('.debug_addr').readBigUInt64LE(base + index * WORD));
  }

  isAddress({ attributes }: Entry, attribute: number): boolean {
    const form = attributes.get(attribute)?.form ?? 0;
    return form === FORM.addr || form === FORM.addrx || (form >= FORM.addrx1 && form <= FORM.addrx4);
  }

  form({ attributes }: Entry, attribute: number): number | undefined {
    return attributes.get(attribute)?.form;
  }

  /** The unit's bytes from where a block begins. */
  blockAt({ attributes }: Entry, attribute: number): Buffer {
    return this.#bytes.subarray(attributes.get(attribute)?.value ?? this.#bytes.length);
  }
}

const WITHIN: ReadonlySet<number> = new Set([FORM.ref1, FORM.ref2, FORM.ref4, FORM.ref8, FORM.refUdata]);

const BLOCKS: ReadonlySet<number> = new Set([
  FORM.block,
  FORM.block1,
  FORM.block2,
  FORM.block4,
  FORM.exprloc,
  FORM.data16,
]);
const isBlock = (form: number): boolean => BLOCKS.has(form);

function textAt(bytes: Buffer, start: number): string {
  const end = bytes.indexOf(0, start);
  return bytes.toString('utf8', start, end < 0 ? bytes.length : end);
}
