import { basename } from 'node:path';
import type { ElfFile } from '../elf/elf-file.js';
import { addressOf, functionAt } from '../elf/find-function.js';
import { JitMap } from './jit-map.js';
import type { SymbolAt } from './kernel-symbols.js';
import { type Mapping, mappingAt, parseMaps } from './memory-map.js';

export interface UserSymbols {
  /** The function that an address of a process is in; undefined when nothing is mapped there. */
  at(tgid: number, address: bigint): SymbolAt | undefined;
  /** The file that an address is in and the place there, whatever function that is. */
  place(tgid: number, address: bigint): SymbolAt | undefined;
  /** Reads the process's mappings as they are now, so that its addresses keep their names after it is gone. */
  remember(tgid: number): void;
}

export interface UserSymbolSource {
  /** /proc/PID/maps; undefined when the process is gone. */
  maps(tgid: number): string | undefined;
  /** An ELF file as the process sees it; undefined when there is none to read. */
  elf(tgid: number, path: string): ElfFile | undefined;
  /** Whether a file can be reached through the process only: once that is gone, nothing of it can be read. */
  vanishes(mapping: Mapping): boolean;
  /** What the process's runtime tells of the code it generates; undefined when it does not. */
  jit(tgid: number): string | undefined;
}

interface Place {
  readonly module: string;
  /** Absent: what is mapped is no ELF file that can be read. */
  readonly elf?: ElfFile | undefined;
  /** No file at all: a runtime may have generated it. */
  readonly generated?: true;
  /** Address in the ELF file, else offset in whatever file it is. */
  readonly at: number;
}

const symbolOf = (place: Place | undefined): SymbolAt | undefined =>
  place && { module: place.module, name: undefined, offset: BigInt(place.at) };

interface GeneratedCode {
  readonly names: JitMap;
  /** When, in milliseconds. */
  readonly read: number;
}

const READ_AGAIN = 1000;
const DELETED = ' (deleted)';

const pathOf = ({ path }: Mapping): string =>
  path.endsWith(DELETED) ? path.slice(0, -DELETED.length) : path;

/** File systems give a new file the inode of one that is gone. */
const keyOf = (mapping: Mapping): string => `${mapping.file} ${pathOf(mapping)}`;

/** Names of user addresses: mappings per process, function tables per file, both read when first needed. */
export class ProcUserSymbols implements UserSymbols {
  readonly #source: UserSymbolSource;
  readonly #spaces = new Map<number, readonly Mapping[]>();
  readonly #files = new Map<string, ElfFile | undefined>();
  readonly #generated = new Map<number, GeneratedCode>();

  constructor(source: UserSymbolSource) {
    this.#source = source;
  }

  remember(tgid: number): void {
    this.#read(tgid);
  }

  at(tgid: number, address: bigint): SymbolAt | undefined {
    const place = this.#find(tgid, address);
    const found = place?.generated
      ? this.#nameGenerated(tgid, Number(address))
      : place?.elf && functionAt(place.elf.functions, place.at);
    return found
      ? { module: place!.module, name: found.name, offset: BigInt(found.offset) }
      : symbolOf(place);
  }

  place(tgid: number, address: bigint): SymbolAt | undefined {
    return symbolOf(this.#find(tgid, address));
  }

  #find(tgid: number, address: bigint): Place | undefined {
    const at = Number(address);
    const known = this.#spaces.get(tgid);
    // A library may have been loaded since; an exited process keeps what was read.
    const mapping = (known && mappingAt(known, at)) ?? mappingAt(this.#read(tgid), at);
    return mapping && this.#place(tgid, mapping, at);
  }

  /** Code comes and goes: names are read again when one is missing, but not for every address. */
  #nameGenerated(
    tgid: number,
    address: number,
  ): { readonly name: string; readonly offset: number } | undefined {
    const known = this.#generated.get(tgid);
    const found = known?.names.at(address);
    const now = performance.now();
    if (found !== undefined || (known !== undefined && now - known.read < READ_AGAIN)) return found;
    const text = this.#source.jit(tgid);
    const names = text === undefined ? (known?.names ?? new JitMap('')) : new JitMap(text);
    this.#generated.set(tgid, { names, read: now });
    return names.at(address);
  }

  #read(tgid: number): readonly Mapping[] {
    const text = this.#source.maps(tgid);
    const before = this.#spaces.get(tgid);
    if (text === undefined || text === '') return before ?? [];
    const mappings = parseMaps(text);
    this.#spaces.set(tgid, mappings);
    for (const mapping of mappings) {
      if (this.#files.has(keyOf(mapping)) || !this.#source.vanishes(mapping)) continue;
      void this.#file(tgid, mapping, pathOf(mapping))?.functions;
    }
    return mappings;
  }

  #place(tgid: number, mapping: Mapping, address: number): Place {
    const path = pathOf(mapping);
    const module = path === '' ? '' : basename(path);
    const inFile = address - mapping.start + mapping.offset;
    const elf = path.startsWith('/') ? this.#file(tgid, mapping, path) : undefined;
    const inElf = elf && addressOf(elf, inFile);
    if (path === '' || path.startsWith('[anon:')) return { module: '', at: address, generated: true };
    return inElf === undefined ? { module, at: inFile } : { module, elf, at: inElf };
  }

  #file(tgid: number, mapping: Mapping, path: string): ElfFile | undefined {
    const key = keyOf(mapping);
    if (!this.#files.has(key)) this.#files.set(key, this.#source.elf(tgid, path));
    return this.#files.get(key);
  }
}
