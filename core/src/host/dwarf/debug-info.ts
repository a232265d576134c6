import { Cursor } from '../unwind/cursor.js';
import { AT, FORM, TAG } from './constants.js';
import type { DebugSections } from './debug-sections.js';
import { rangesOf } from './ranges.js';
import { type Entry, readUnitHeader, Unit, type UnitHeader } from './unit.js';

interface CodeRange {
  readonly low: number;
  readonly high: number;
  /** Where its unit starts. */
  readonly unit: number;
}

const TUPLE = 16;

/** The debugging information of a file. Of its units, those are read that something is asked of. */
export class DebugInfo {
  readonly sections: DebugSections;
  /** What its entries refer to in the file that it shares with others. */
  readonly alternate: DebugInfo | undefined;
  #headers: readonly UnitHeader[] | undefined;
  #ranges: readonly CodeRange[] | undefined;
  readonly #units = new Map<number, Unit>();
  readonly #functions = new Map<Unit, ReadonlyMap<number, Entry>>();
  #definitions: ReadonlyMap<string, Entry> | undefined;

  constructor(sections: DebugSections) {
    this.sections = sections;
    this.alternate = sections.alternate && new DebugInfo(sections.alternate);
  }

  /** The function that begins at an address. */
  functionAt(address: number): Entry | undefined {
    const header = this.#unitWith(address);
    return header && this.#functionsOf(this.#unit(header)).get(address);
  }

  /** What an attribute refers to; undefined where that is in a file that is not there. */
  reference(entry: Entry, attribute: number): Entry | undefined {
    const found = entry.attributes.get(attribute);
    if (found === undefined) return undefined;
    const { form, value } = found;
    switch (form) {
      case FORM.refAddr:
        return this.#ownerOf(entry).entryAt(value);
      case FORM.gnuRefAlt:
      case FORM.refSup4:
      case FORM.refSup8:
        return this.alternate?.entryAt(value);
      default:
        return entry.unit.within(entry, attribute);
    }
  }

  /** The record, enumeration or other name of a type, for what is only declared elsewhere. All units are looked through once. */
  definition(tag: number, name: string): Entry | undefined {
    this.#definitions ??= this.#findDefinitions();
    return this.#definitions.get(`${tag} ${name}`);
  }

  #ownerOf(entry: Entry): DebugInfo {
    return entry.unit.sections === this.sections ? this : (this.alternate ?? this);
  }

  #findDefinitions(): ReadonlyMap<string, Entry> {
    const found = new Map<string, Entry>();
    const kinds: ReadonlySet<number> = new Set([
      TAG.structure,
      TAG.class,
      TAG.union,
      TAG.enumeration,
      TAG.typedef,
    ]);
    for (const header of this.headers) {
      const unit = this.#unit(header);
      for (const entry of unit.children(unit.root)) {
        if (!kinds.has(entry.tag) || entry.attributes.has(AT.declaration)) continue;
        const name = unit.text(entry, AT.name);
        const key = `${entry.tag} ${name}`;
        if (name !== undefined && !found.has(key)) found.set(key, entry);
      }
    }
    return found;
  }

  get headers(): readonly UnitHeader[] {
    this.#headers ??= [...this.#readHeaders()];
    return this.#headers;
  }

  *#readHeaders(): Generator<UnitHeader> {
    let at = 0;
    for (;;) {
      const header = readUnitHeader(this.sections, at);
      if (header === undefined) return;
      yield header;
      at = header.end;
    }
  }

  entryAt(offset: number): Entry | undefined {
    const header = this.headers[before(this.headers, ({ start }) => start <= offset)];
    return header && this.#unit(header).entry(offset);
  }

  #unit(header: UnitHeader): Unit {
    let unit = this.#units.get(header.start);
    if (unit === undefined) {
      unit = new Unit(header, this.sections);
      this.#units.set(header.start, unit);
    }
    return unit;
  }

  #unitWith(address: number): UnitHeader | undefined {
    this.#ranges ??= this.#listed() ?? this.#ofUnits();
    const range = this.#ranges[before(this.#ranges, ({ low }) => low <= address)];
    if (range === undefined || address >= range.high) return undefined;
    return readUnitHeader(this.sections, range.unit);
  }

  #functionsOf(unit: Unit): ReadonlyMap<number, Entry> {
    let functions = this.#functions.get(unit);
    if (functions === undefined) {
      functions = new Map(readFunctions(unit));
      this.#functions.set(unit, functions);
    }
    return functions;
  }

  /** By the table that some compilers write; undefined: it does not tell of all units. */
  #listed(): readonly CodeRange[] | undefined {
    const section = this.sections.all('.debug_aranges');
    if (section.length === 0) return undefined;
    const ranges = [...readAddressRanges(section)];
    const told = new Set(ranges.map(({ unit }) => unit));
    const silent = this.headers.filter(({ start }) => !told.has(start));
    return byAddress([...ranges, ...silent.flatMap((header) => this.#rangesOf(header))]);
  }

  #ofUnits(): readonly CodeRange[] {
    return byAddress(this.headers.flatMap((header) => this.#rangesOf(header)));
  }

  #rangesOf(header: UnitHeader): readonly CodeRange[] {
    const { root } = this.#unit(header);
    if (root.tag !== TAG.compileUnit) return [];
    return rangesOf(root).map(({ low, high }) => ({ low, high, unit: header.start }));
  }
}

const byAddress = (ranges: readonly CodeRange[]): readonly CodeRange[] =>
  [...ranges].sort((a, b) => a.low - b.low);

/** The last of those that are so, all of which come first; -1: none. */
function before<T>(sorted: readonly T[], isSo: (each: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isSo(sorted[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function* readAddressRanges(section: Buffer): Generator<CodeRange> {
  const cursor = new Cursor(section, 0);
  while (cursor.at + TUPLE <= section.length) {
    const start = cursor.at;
    let length = cursor.u32();
    const wide = length === 0xffff_ffff;
    if (wide) length = cursor.u64();
    const end = cursor.at + length;
    cursor.at += 2;
    const unit = wide ? cursor.u64() : cursor.u32();
    // Sizes of addresses and segments; then pairs, on a multiple of their size.
    cursor.at += 2;
    cursor.at = start + Math.ceil((cursor.at - start) / TUPLE) * TUPLE;
    while (cursor.at + TUPLE <= end) {
      const low = cursor.u64();
      const size = cursor.u64();
      if (size > 0) yield { low, high: low + size, unit };
    }
    cursor.at = end;
  }
}

function* readFunctions(unit: Unit): Generator<readonly [number, Entry]> {
  for (const entry of unit.all()) {
    if (entry.tag !== TAG.subprogram) continue;
    const [first] = rangesOf(entry);
    if (first !== undefined) yield [first.low, entry];
  }
}
