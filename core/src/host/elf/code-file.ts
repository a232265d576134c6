import type { Type } from '../../language/types.js';
import { type DebugFile, debugFile, type NamedKind } from '../dwarf/debug-file.js';
import type { FunctionDescription } from '../dwarf/function-description.js';
import { isCalled } from '../unwind/is-called.js';
import { fileTable } from '../unwind/read-table.js';
import type { UnwindTable } from '../unwind/table.js';
import { type ByteSource, fileBytes } from './byte-source.js';
import { type ElfFile, ElfStructure, type Segment } from './elf-file.js';
import { type FunctionTable, functionTable, objectAddress, type SymbolTable } from './function-table.js';
import { symbolTables } from './symbol-tables.js';

/** An executable or a library: its functions, and its code by addresses of its own address space. */
export interface CodeFile extends ElfFile {
  /** Where it can be opened. */
  readonly path: string;
  /** Where execution starts; for a library as a rule 0. */
  readonly entry: number;
  /** The program that loads it, for dynamic executables. */
  readonly interpreter: string | undefined;
  /** Where a byte at an address lies in the file; undefined where nothing of the file does. */
  fileOffset(address: number): number | undefined;
  /** Bytes at an address: fewer where the file ends. */
  bytes(address: number, length: number): Buffer;
  /** A section's bytes by its name. */
  section(name: string): Buffer | undefined;
  /** Where a section lies in memory, if it does. */
  sectionAddress(name: string): number | undefined;
  /**
   * Whether a function is entered by a call, and its caller's address where calls leave it. False where the file does not
   * say: assembly, as a rule.
   */
  isCalled(address: number): boolean;
  /** The address of a variable by its symbol. */
  objectAddress(name: string): number | undefined;
  /** What debugging information says of the function that begins at an address. */
  describe(address: number): FunctionDescription | undefined;
  /** A type of that name, by debugging information. */
  namedType(kind: NamedKind, name: string): Type | undefined;
}

class LocalCodeFile implements CodeFile {
  #functions: FunctionTable | undefined;
  #debug: { readonly file: DebugFile | undefined } | undefined;
  #unwind: { readonly table: UnwindTable | undefined } | undefined;

  constructor(
    readonly path: string,
    readonly name: string,
    readonly elf: ElfStructure,
  ) {}

  get segments(): readonly Segment[] {
    return this.elf.segments;
  }
  get entry(): number {
    return this.elf.entry;
  }
  get interpreter(): string | undefined {
    return this.elf.interpreter;
  }
  get functions(): FunctionTable {
    this.#functions ??= functionTable(this.#symbols);
    return this.#functions;
  }
  get #symbols(): readonly SymbolTable[] {
    return symbolTables(this.elf, this.name, openIfThere);
  }
  objectAddress(name: string): number | undefined {
    return objectAddress(this.#symbols, name);
  }
  fileOffset(address: number): number | undefined {
    return this.elf.fileOffset(address);
  }
  bytes(address: number, length: number): Buffer {
    return this.elf.bytes(address, length);
  }
  section(name: string): Buffer | undefined {
    const section = this.elf.section(name);
    return section && this.elf.contents(section);
  }
  sectionAddress(name: string): number | undefined {
    return this.elf.section(name)?.address;
  }
  isCalled(address: number): boolean {
    this.#unwind ??= { table: fileTable(this.elf) };
    const { table } = this.#unwind;
    return table !== undefined && isCalled(table, this.elf.machine, address);
  }
  describe(address: number): FunctionDescription | undefined {
    return this.#debugFile?.describe(address);
  }
  namedType(kind: NamedKind, name: string): Type | undefined {
    return this.#debugFile?.namedType(kind, name);
  }
  get #debugFile(): DebugFile | undefined {
    this.#debug ??= { file: debugFile(this.elf, this.name, openIfThere) };
    return this.#debug.file;
  }
}

function openIfThere(path: string): ByteSource | undefined {
  const source = fileBytes(path);
  try {
    source.read(0, 0);
    return source;
  } catch {
    return undefined;
  }
}

/**
 * undefined: there is no such file, or it is not of this machine's kind. `name`: what the file is called where its debug
 * files are named after it, if that differs from where it is opened.
 */
export function openCodeFile(path: string, name = path): CodeFile | undefined {
  try {
    const elf = ElfStructure.read(fileBytes(path));
    return elf && new LocalCodeFile(path, name, elf);
  } catch {
    return undefined;
  }
}
