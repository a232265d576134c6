import { closeSync, openSync, readSync } from 'node:fs';

const MAGIC = 0x464c457f;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const HEADER = 64;
const SYMBOL = 24;
const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;
const PT_LOAD = 1;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
const SHN_UNDEF = 0;
const STB_LOCAL = 0;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

export interface Segment {
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
}

/** Functions of a file by ascending address, in typed arrays; `names` are offsets into `strings`. */
export interface FunctionTable {
  readonly addresses: Float64Array;
  readonly sizes: Float64Array;
  readonly names: Uint32Array;
  readonly strings: Buffer;
}

/** Read access to a file's bytes. */
export interface ByteSource {
  read(offset: number, length: number): Buffer;
  close(): void;
}

export function openFile(path: string): ByteSource {
  const fd = openSync(path, 'r');
  return {
    read(offset, length) {
      const bytes = Buffer.alloc(length);
      let done = 0;
      while (done < length) {
        const count = readSync(fd, bytes, done, length - done, offset + done);
        if (count === 0) break;
        done += count;
      }
      return bytes;
    },
    close: () => closeSync(fd),
  };
}

const u64 = (bytes: Buffer, at: number): number =>
  bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;

/** What symbol names need of an ELF file: where it is loaded and which functions it has. 64-bit, little endian. */
export interface ElfFile {
  readonly segments: readonly Segment[];
  readonly functions: FunctionTable;
}

const EMPTY: FunctionTable = {
  addresses: new Float64Array(),
  sizes: new Float64Array(),
  names: new Uint32Array(),
  strings: Buffer.alloc(0),
};

/** undefined: not an ELF file of this machine's kind. */
export function readElf(source: ByteSource): ElfFile | undefined {
  const header = source.read(0, HEADER);
  if (header.readUInt32LE(0) !== MAGIC || header[4] !== CLASS_64 || header[5] !== LITTLE_ENDIAN)
    return undefined;
  return { segments: readSegments(source, header), functions: readFunctions(source, header) };
}

function readSegments(source: ByteSource, header: Buffer): Segment[] {
  const entry = header.readUInt16LE(54);
  const count = header.readUInt16LE(56);
  const table = source.read(u64(header, 32), entry * count);
  const segments: Segment[] = [];
  for (let at = 0; at < table.length; at += entry) {
    if (table.readUInt32LE(at) !== PT_LOAD) continue;
    segments.push({
      offset: u64(table, at + 8),
      address: u64(table, at + 16),
      fileSize: u64(table, at + 32),
    });
  }
  return segments;
}

function readSections(source: ByteSource, header: Buffer): Section[] {
  const entry = header.readUInt16LE(58);
  const table = source.read(u64(header, 40), entry * header.readUInt16LE(60));
  const sections: Section[] = [];
  for (let at = 0; at < table.length; at += entry) {
    sections.push({
      type: table.readUInt32LE(at + 4),
      offset: u64(table, at + 24),
      size: u64(table, at + 32),
      link: table.readUInt32LE(at + 40),
    });
  }
  return sections;
}

/** The full symbol table where the file was not stripped, else the dynamic one. */
function readFunctions(source: ByteSource, header: Buffer): FunctionTable {
  const sections = readSections(source, header);
  const table =
    sections.find(({ type }) => type === SHT_SYMTAB) ?? sections.find(({ type }) => type === SHT_DYNSYM);
  const strings = table && sections[table.link];
  if (table === undefined || strings === undefined) return EMPTY;
  const symbols = source.read(table.offset, table.size);
  return collectFunctions(symbols, source.read(strings.offset, strings.size));
}

function collectFunctions(symbols: Buffer, strings: Buffer): FunctionTable {
  const most = Math.floor(symbols.length / SYMBOL);
  const addresses = new Float64Array(most);
  const ats = new Uint32Array(most);
  let count = 0;
  for (let at = 0; at + SYMBOL <= symbols.length; at += SYMBOL) {
    const type = (symbols[at + 4] as number) & 15;
    if ((type !== STT_FUNC && type !== STT_GNU_IFUNC) || symbols.readUInt16LE(at + 6) === SHN_UNDEF) continue;
    addresses[count] = u64(symbols, at + 8);
    ats[count++] = at;
  }
  const local = (i: number) => ((symbols[(ats[i] as number) + 4] as number) >> 4 === STB_LOCAL ? 1 : 0);
  // Of several names for one address the first is taken: global ones before local ones, then the table's order.
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => (addresses[a] as number) - (addresses[b] as number) || local(a) - local(b) || a - b,
  );
  return {
    addresses: Float64Array.from(order, (i) => addresses[i] as number),
    sizes: Float64Array.from(order, (i) => u64(symbols, (ats[i] as number) + 16)),
    names: Uint32Array.from(order, (i) => symbols.readUInt32LE(ats[i] as number)),
    strings,
  };
}
