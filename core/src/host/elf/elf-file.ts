import type { ByteSource } from './byte-source.js';
import type { FunctionTable } from './function-table.js';

const MAGIC = 0x464c457f;
const CLASS_64 = 2;
const LITTLE_ENDIAN = 1;
const HEADER = 64;
const PT_LOAD = 1;
const PT_INTERP = 3;
const PF_X = 1;
const SHT_NOBITS = 8;
const SHF_COMPRESSED = 0x800;
const COMPRESSION_HEADER = 24;
const ZLIB = 1;

export interface Section {
  readonly name: string;
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  /** Number of the section that this one refers to. */
  readonly link: number;
  readonly compressed: boolean;
}

/** A part of the file that is mapped into processes. */
export interface Segment {
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
}

/** What symbol names need of an ELF file: where it is loaded and which functions it has. 64-bit, little endian. */
export interface ElfFile {
  readonly segments: readonly Segment[];
  readonly functions: FunctionTable;
}

export const u64 = (bytes: Buffer, at: number): number =>
  bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 2 ** 32;

/** What the loader reads of a file besides. */
export interface ProgramHeader extends Segment {
  readonly type: number;
  readonly executable: boolean;
}

interface Headers {
  readonly header: Buffer;
  readonly programs: readonly ProgramHeader[];
  readonly segments: readonly ProgramHeader[];
}

/** The structure of an ELF file. Everything behind the headers is read when asked for. */
export class ElfStructure {
  readonly segments: readonly ProgramHeader[];
  readonly programs: readonly ProgramHeader[];
  /** `e_machine`. */
  readonly machine: number;
  /** Where execution starts, in the file's own address space. */
  readonly entry: number;
  readonly #source: ByteSource;
  readonly #headers: Headers;
  #sections: readonly Section[] | undefined;

  private constructor(source: ByteSource, headers: Headers) {
    this.#source = source;
    this.#headers = headers;
    this.segments = headers.segments;
    this.programs = headers.programs;
    this.machine = headers.header.readUInt16LE(18);
    this.entry = u64(headers.header, 24);
  }

  /** undefined: not an ELF file of this machine's kind. */
  static read(source: ByteSource): ElfStructure | undefined {
    const header = source.read(0, HEADER);
    const known =
      header.length === HEADER &&
      header.readUInt32LE(0) === MAGIC &&
      header[4] === CLASS_64 &&
      header[5] === LITTLE_ENDIAN;
    return known ? new ElfStructure(source, readHeaders(source, header)) : undefined;
  }

  get sections(): readonly Section[] {
    this.#sections ??= readSections(this.#source, this.#headers.header);
    return this.#sections;
  }

  section(name: string): Section | undefined {
    return this.sections.find((section) => section.name === name);
  }

  /** Whether it has room in the file: in separate debug files most have not. */
  isInFile({ type }: Section): boolean {
    return type !== SHT_NOBITS;
  }

  /** Its bytes, or some of them. Empty for a section that is not in the file. */
  contents(section: Section, from = 0, length = Number.MAX_SAFE_INTEGER): Buffer {
    if (!this.isInFile(section)) return Buffer.alloc(0);
    if (section.compressed) return this.#unpacked(section).subarray(from, from + length);
    return this.#source.read(section.offset + from, Math.min(length, section.size - from));
  }

  #unpacked({ offset, size }: Section): Buffer {
    const packed = this.#source.read(offset, size);
    if (packed.readUInt32LE(0) !== ZLIB) return Buffer.alloc(0);
    return process.getBuiltinModule('node:zlib').inflateSync(packed.subarray(COMPRESSION_HEADER));
  }

  /** The program that loads this one; undefined for libraries and static programs. */
  get interpreter(): string | undefined {
    const found = this.programs.find(({ type }) => type === PT_INTERP);
    return found && this.#source.read(found.offset, found.fileSize).toString('latin1').replace(/\0.*$/s, '');
  }

  /** Bytes at an address, as many as the file has there. */
  bytes(address: number, length: number): Buffer {
    const segment = this.segments.find(
      (each) => address >= each.address && address < each.address + each.fileSize,
    );
    if (segment === undefined) return Buffer.alloc(0);
    const into = address - segment.address;
    return this.#source.read(segment.offset + into, Math.min(length, segment.fileSize - into));
  }

  /** Where a byte at an address lies in the file. */
  fileOffset(address: number): number | undefined {
    const segment = this.segments.find(
      (each) => address >= each.address && address < each.address + each.fileSize,
    );
    return segment && address - segment.address + segment.offset;
  }
}

function readHeaders(source: ByteSource, header: Buffer): Headers {
  const entry = header.readUInt16LE(54);
  const table = source.read(u64(header, 32), entry * header.readUInt16LE(56));
  const programs: ProgramHeader[] = [];
  for (let at = 0; entry > 0 && at < table.length; at += entry) {
    const type = table.readUInt32LE(at);
    programs.push({
      type,
      executable: (table.readUInt32LE(at + 4) & PF_X) !== 0,
      offset: u64(table, at + 8),
      address: u64(table, at + 16),
      fileSize: u64(table, at + 32),
    });
  }
  return { header, programs, segments: programs.filter(({ type }) => type === PT_LOAD) };
}

function readSections(source: ByteSource, header: Buffer): Section[] {
  const entry = header.readUInt16LE(58);
  const count = header.readUInt16LE(60);
  if (entry === 0 || count === 0) return [];
  const table = source.read(u64(header, 40), entry * count);
  const names = header.readUInt16LE(62) * entry;
  const strings =
    names < table.length ? source.read(u64(table, names + 24), u64(table, names + 32)) : Buffer.alloc(0);
  const sections: Section[] = [];
  for (let at = 0; at < table.length; at += entry) {
    const start = table.readUInt32LE(at);
    sections.push({
      name: strings.toString('latin1', start, Math.max(start, strings.indexOf(0, start))),
      type: table.readUInt32LE(at + 4),
      address: u64(table, at + 16),
      offset: u64(table, at + 24),
      size: u64(table, at + 32),
      link: table.readUInt32LE(at + 40),
      compressed: (table.readUInt32LE(at + 8) & SHF_COMPRESSED) !== 0,
    });
  }
  return sections;
}
