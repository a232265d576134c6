import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';
import { Btf, BtfError } from 'ebpf-napi/btf';
import { memoryBytes } from '../elf/byte-source.js';
import { ElfStructure } from '../elf/elf-file.js';
import { cacheFolder, fileName, keepOneOf, readOneOf } from '../kept-files.js';

/** A file that was named as a source of types is none. The message is for its user. */
export class TypeFileError extends Error {
  override readonly name = 'TypeFileError';
}

/** Types that `-x btf=` names, beside the kernel's own. */
export interface TypeFile {
  /** The file's name without its ending, as in name`type. */
  readonly name: string;
  readonly btf: Btf;
}

/** Types of files that are kept: how they are named, and of how many. */
const KEPT = 'types-';
const MOST_KEPT = 20;

const BTF_MAGIC = 0xeb9f;
const HEADERS = new Set(['.h', '.c']);
/** Types in a module's own BTF count on from those of the kernel. */
const isModule = (path: string): boolean =>
  extname(path) === '.ko' || resolve(path).startsWith('/sys/kernel/btf/');

function contents(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new TypeFileError(`cannot read types from ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function runs(command: string, args: readonly string[]): void {
  // Loaded here: few runs need it.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') {
    const what = command === 'pahole' ? 'pahole (of the package dwarves or pahole)' : 'a C compiler (cc)';
    throw new TypeFileError(`${args.at(-1)} has no BTF, and ${what}, which could make it, is not installed`);
  }
  if (status === 0) return;
  const reason = stderr.trim().split('\n', 1)[0] ?? '';
  throw new TypeFileError(`${command} cannot make types of ${args.at(-1)}: ${reason || error?.message}`);
}

/** DWARF to BTF, which takes a while for a kernel: the result is kept, under what it was made from. */
function keptOrConverted(path: string): Buffer {
  const { size, mtimeMs } = statSync(path);
  const file = join(cacheFolder(), `${KEPT}${fileName(resolve(path))}-${size}-${Math.trunc(mtimeMs)}`);
  const kept = readOneOf(file);
  if (kept !== undefined) return kept;
  const bytes = converted(path);
  keepOneOf(file, bytes, KEPT, MOST_KEPT);
  return bytes;
}

function converted(path: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'dtrace-types-'));
  try {
    const made = join(folder, 'btf');
    runs('pahole', [`--btf_encode_detached=${made}`, path]);
    return contents(made);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** C declarations become types through an object file with debugging information. */
function compiled(path: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'dtrace-types-'));
  try {
    const object = join(folder, `${basename(path)}.o`);
    runs('cc', ['-g', '-fno-eliminate-unused-debug-types', '-c', '-x', 'c', '-o', object, path]);
    return converted(object);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function bytesOf(path: string): Buffer {
  if (HEADERS.has(extname(path))) return compiled(path);
  const bytes = contents(path);
  if (bytes.length > 2 && bytes.readUInt16LE(0) === BTF_MAGIC) return bytes;
  const elf = ElfStructure.read(memoryBytes(bytes));
  if (elf === undefined)
    throw new TypeFileError(
      `${path} is neither BTF, nor an object file, nor C (a name that ends in .h or .c)`,
    );
  const section = elf.section('.BTF');
  return section === undefined ? keptOrConverted(path) : elf.contents(section);
}

/** Reads BTF, an object file with BTF or DWARF, or C. `base`: the kernel's own types, for those of modules. */
export function readTypeFile(path: string, base: () => Btf | undefined): TypeFile {
  const bytes = bytesOf(path);
  try {
    return {
      name: basename(path, extname(path)),
      btf: new Btf(bytes, isModule(path) ? base() : undefined),
    };
  } catch (error) {
    if (!(error instanceof BtfError)) throw error;
    throw new TypeFileError(`the types in ${path} cannot be read: ${error.message}`, { cause: error });
  }
}
