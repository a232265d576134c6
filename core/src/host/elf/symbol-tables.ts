import { dirname } from 'node:path';
import { buildId } from './build-id.js';
import { type ByteSource, memoryBytes } from './byte-source.js';
import { ElfStructure, type Section } from './elf-file.js';
import type { SymbolTable } from './function-table.js';

const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;
const MOST_UNPACKED = 1 << 28;

/** Where separate debug files are looked for. */
const DEBUG_FOLDER = '/usr/lib/debug';

/** Opens another file of the machine; undefined when it is not there. */
export type OpenFile = (path: string) => ByteSource | undefined;

function tableOf(elf: ElfStructure, type: number): SymbolTable | undefined {
  const table = elf.sections.find((section) => section.type === type && section.size > 0);
  const strings = table && elf.sections[table.link];
  return strings && { symbols: elf.contents(table), strings: elf.contents(strings) };
}

/** Names of files that may hold what was stripped from one: by its build id, or by the name it gives. */
function debugPaths(elf: ElfStructure, path: string): string[] {
  const id = buildId(elf);
  const paths = id ? [`${DEBUG_FOLDER}/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`] : [];
  const section = elf.section('.gnu_debuglink');
  const name = section && elf.contents(section).toString('latin1').replace(/\0.*$/s, '');
  if (name) {
    const folder = dirname(path);
    paths.push(`${folder}/${name}`, `${folder}/.debug/${name}`, `${DEBUG_FOLDER}${folder}/${name}`);
  }
  return paths.filter((each) => each !== path);
}

/** A file that holds what was stripped from one, and where it is. */
export interface SeparateFile {
  readonly elf: ElfStructure;
  readonly path: string;
}

/** The separate debug files of a file, whose name is `path`. */
export function* separateFiles(elf: ElfStructure, path: string, open: OpenFile): Generator<SeparateFile> {
  const id = buildId(elf);
  for (const candidate of debugPaths(elf, path)) {
    const source = open(candidate);
    const debug = source && ElfStructure.read(source);
    // A file of that name may belong to another version.
    if (debug !== undefined && (id === undefined || buildId(debug) === id))
      yield { elf: debug, path: candidate };
  }
}

function separateSymbols(elf: ElfStructure, path: string, open: OpenFile): SymbolTable | undefined {
  for (const debug of separateFiles(elf, path, open)) {
    const table = tableOf(debug.elf, SHT_SYMTAB);
    if (table !== undefined) return table;
  }
  return undefined;
}

/** The names of local functions that some systems leave in stripped files, packed by xz. */
function packedSymbols(elf: ElfStructure, section: Section): SymbolTable | undefined {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { stdout } = spawnSync('xz', ['-dc'], { input: elf.contents(section), maxBuffer: MOST_UNPACKED });
  const unpacked = stdout ? ElfStructure.read(memoryBytes(stdout)) : undefined;
  return unpacked && tableOf(unpacked, SHT_SYMTAB);
}

/**
 * The best symbol tables there are for a file: its own full one; that of its separate debug file; else the dynamic one,
 * with what .gnu_debugdata adds. `path` is the file's name where its debug files are named after it.
 */
export function symbolTables(elf: ElfStructure, path: string, open: OpenFile): SymbolTable[] {
  const full = tableOf(elf, SHT_SYMTAB) ?? separateSymbols(elf, path, open);
  if (full !== undefined) return [full];
  const packed = elf.section('.gnu_debugdata');
  const tables = [tableOf(elf, SHT_DYNSYM), packed && packedSymbols(elf, packed)];
  return tables.filter((table) => table !== undefined);
}
