/** ELF files from parts, little endian: the header, sections one after the other, and what names and lists them. */

export interface ElfMachine {
  /** `e_machine` */
  readonly code: number;
  /** Bytes of an address. */
  readonly word: 4 | 8;
  /** The largest page that the machine's kernels use. */
  readonly page: number;
  /** Relocations of an address as it is, by its size. */
  readonly absolute: { readonly 4: number; readonly 8: number };
}

export const ELF_MACHINES = {
  x64: { code: 62, word: 8, page: 0x1000, absolute: { 4: 10, 8: 1 } },
  arm64: { code: 183, word: 8, page: 0x10000, absolute: { 4: 258, 8: 257 } },
  x86: { code: 3, word: 4, page: 0x1000, absolute: { 4: 1, 8: 1 } },
} as const satisfies Readonly<Record<string, ElfMachine>>;

export type ElfMachineName = keyof typeof ELF_MACHINES;

export const SHT = { progbits: 1, symtab: 2, strtab: 3, rela: 4, note: 7, rel: 9 } as const;
export const SHF = { write: 1, alloc: 2, exec: 4, info: 0x40 } as const;
const PT_LOAD = 1;
const PF = { exec: 1, write: 2, read: 4 } as const;

/** Where sections lie in the file; in a shared object that is their address too. */
export type SectionOffsets = (name: string) => number;

export interface SectionSpec {
  readonly name: string;
  readonly type: number;
  readonly flags?: number;
  readonly align?: number;
  readonly entrySize?: number;
  /** The section that it refers to, by name. */
  readonly link?: string;
  /** A number, or the number of the section of that name. */
  readonly info?: number | string;
  /** Bytes; or how many there are, and what they are once places are known. */
  readonly content: Uint8Array | { readonly size: number; fill(offset: SectionOffsets): Uint8Array };
}

const sizeOf = ({ content }: SectionSpec): number =>
  content instanceof Uint8Array ? content.length : content.size;

const roundUp = (value: number, align: number): number => Math.ceil(value / align) * align;

/** Texts one after the other, each with a zero behind it; `at` gives their places. */
export function stringTable(texts: readonly string[]): { readonly bytes: Buffer; at(text: string): number } {
  const places = new Map<string, number>();
  let all = '\0';
  for (const text of texts) {
    if (text === '' || places.has(text)) continue;
    places.set(text, Buffer.byteLength(all));
    all += `${text}\0`;
  }
  return { bytes: Buffer.from(all), at: (text) => places.get(text) ?? 0 };
}

interface Sizes {
  readonly header: number;
  readonly segment: number;
  readonly section: number;
}
const SIZES: Readonly<Record<4 | 8, Sizes>> = {
  4: { header: 52, segment: 32, section: 40 },
  8: { header: 64, segment: 56, section: 64 },
};

/** Writes numbers of 2, 4 and address size one behind the other. */
class Fields {
  readonly #bytes: number[] = [];
  constructor(readonly word: 4 | 8) {}

  number(value: number, size: number): this {
    for (let i = 0; i < size; i++) this.#bytes.push(Math.floor(value / 2 ** (8 * i)) % 256);
    return this;
  }
  halves(...values: readonly number[]): this {
    for (const value of values) this.number(value, 2);
    return this;
  }
  fours(...values: readonly number[]): this {
    for (const value of values) this.number(value, 4);
    return this;
  }
  words(...values: readonly number[]): this {
    for (const value of values) this.number(value, this.word);
    return this;
  }
  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** A part of a file that is mapped: read only, executable, or writable, as its section says. */
function loadSegment(machine: ElfMachine, { flags = 0 }: SectionSpec, offset: number, size: number) {
  const rights = PF.read + (flags & SHF.write ? PF.write : 0) + (flags & SHF.exec ? PF.exec : 0);
  const fields = new Fields(machine.word).fours(PT_LOAD);
  if (machine.word === 8) fields.fours(rights);
  fields.words(offset, offset, offset, size, size);
  if (machine.word === 4) fields.fours(rights);
  return fields.words(machine.page).bytes;
}

interface ElfSpec {
  readonly machine: ElfMachine;
  /** A shared object's sections lie at the addresses that they have in the file; each that is mapped is so by itself. */
  readonly type: 'relocatable' | 'shared';
  readonly sections: readonly SectionSpec[];
}

/** The file, and where in it the sections are. Section 0 and the table of names are added. */
export function elfFile({ machine, type, sections }: ElfSpec): {
  readonly bytes: Buffer;
  readonly offset: SectionOffsets;
} {
  const { word } = machine;
  const sizes = SIZES[word];
  const shared = type === 'shared';
  const names = stringTable([...sections.map(({ name }) => name), '.shstrtab']);
  const all: readonly SectionSpec[] = [
    ...sections,
    { name: '.shstrtab', type: SHT.strtab, content: names.bytes },
  ];
  const mapped = all.filter(({ flags = 0 }) => shared && (flags & SHF.alloc) !== 0);
  let end = sizes.header + mapped.length * sizes.segment;
  const offsets = new Map<string, number>();
  for (const section of all) {
    const align = mapped.includes(section) ? machine.page : (section.align ?? 1);
    end = roundUp(end, align);
    offsets.set(section.name, end);
    end += sizeOf(section);
  }
  const offset: SectionOffsets = (name) => offsets.get(name) ?? 0;
  const table = roundUp(end, word);
  const file = Buffer.alloc(table + (all.length + 1) * sizes.section);
  file.set(header(machine, sizes, { shared, segments: mapped.length, table, sections: all.length + 1 }), 0);
  for (const [i, section] of mapped.entries()) {
    const segment = loadSegment(machine, section, offset(section.name), sizeOf(section));
    file.set(segment, sizes.header + i * sizes.segment);
  }
  const number = (name: string | undefined): number => all.findIndex((each) => each.name === name) + 1;
  for (const [i, section] of all.entries()) {
    const { content, info = 0 } = section;
    const at = offset(section.name);
    file.set(content instanceof Uint8Array ? content : content.fill(offset), at);
    const fields = new Fields(word)
      .fours(names.at(section.name), section.type)
      .words(section.flags ?? 0, mapped.includes(section) ? at : 0, at, sizeOf(section))
      .fours(number(section.link), typeof info === 'string' ? number(info) : info)
      .words(section.align ?? 1, section.entrySize ?? 0);
    file.set(fields.bytes, table + (i + 1) * sizes.section);
  }
  return { bytes: file, offset };
}

function header(
  machine: ElfMachine,
  sizes: Sizes,
  has: {
    readonly shared: boolean;
    readonly segments: number;
    readonly table: number;
    readonly sections: number;
  },
): Uint8Array {
  const { word } = machine;
  return new Fields(word)
    .number(0x464c457f, 4)
    .number(word === 8 ? 2 : 1, 1)
    .number(1, 1)
    .number(1, 1)
    .number(0, 9)
    .halves(has.shared ? 3 : 1, machine.code)
    .fours(1)
    .words(0, has.segments > 0 ? sizes.header : 0, has.table)
    .fours(0)
    .halves(
      sizes.header,
      sizes.segment,
      has.segments,
      sizes.section,
      has.sections,
      // The table of names comes last.
      has.sections - 1,
    ).bytes;
}

export interface SymbolSpec {
  readonly name: string;
  readonly section: string;
  readonly value: number;
  readonly size: number;
  readonly kind: 'object' | 'function';
  /** Local symbols come first in a file. */
  readonly binding: 'local' | 'weak' | 'global';
  readonly hidden?: boolean;
}

const KINDS = { object: 1, function: 2 } as const;
const BINDINGS = { local: 0, global: 1, weak: 2 } as const;
const HIDDEN = 2;

/** `.symtab` and `.strtab`. `before`: the sections of the file in front of them, which symbols are numbered by. */
export function symbolSections(
  machine: ElfMachine,
  symbols: readonly SymbolSpec[],
  before: readonly SectionSpec[],
  addresses: 'within section' | 'absolute' = 'within section',
): readonly SectionSpec[] {
  const { word } = machine;
  const strings = stringTable(symbols.map(({ name }) => name));
  const entrySize = word === 8 ? 24 : 16;
  const ordered = [...symbols].sort((a, b) => Number(a.binding !== 'local') - Number(b.binding !== 'local'));
  const entry = (symbol: SymbolSpec, offset: SectionOffsets): Uint8Array => {
    const { name, section, size, kind, binding, hidden } = symbol;
    const info = BINDINGS[binding] * 16 + KINDS[kind];
    const index = before.findIndex((each) => each.name === section) + 1;
    const value = symbol.value + (addresses === 'absolute' ? offset(section) : 0);
    const fields = new Fields(word).fours(strings.at(name));
    if (word === 4) fields.words(value, size);
    fields
      .number(info, 1)
      .number(hidden ? HIDDEN : 0, 1)
      .halves(index);
    if (word === 8) fields.words(value, size);
    return fields.bytes;
  };
  return [
    {
      name: '.symtab',
      type: SHT.symtab,
      align: word,
      entrySize,
      link: '.strtab',
      info: ordered.filter(({ binding }) => binding === 'local').length + 1,
      content: {
        size: (ordered.length + 1) * entrySize,
        fill: (offset: SectionOffsets) =>
          Buffer.concat([Buffer.alloc(entrySize), ...ordered.map((symbol) => entry(symbol, offset))]),
      },
    },
    { name: '.strtab', type: SHT.strtab, content: strings.bytes },
  ];
}
