import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildId } from '../elf/build-id.js';
import { type ByteSource, fileBytes } from '../elf/byte-source.js';
import { ElfStructure } from '../elf/elf-file.js';
import { cacheFolder } from '../kept-files.js';
import { type Mapping, parseMaps } from '../symbols/memory-map.js';
import { type UnwindTable, unwindTable } from './table.js';
import { loadTable, saveTable } from './table-cache.js';

const VDSO = '[vdso]';

/** The table of what is mapped there; undefined when there is none to read. */
export function readTable(tgid: number, mapping: Mapping): UnwindTable | undefined {
  if (mapping.path === VDSO) return readFrom(ownVdso());
  if (!mapping.path.startsWith('/')) return undefined;
  const range = `${mapping.start.toString(16)}-${mapping.end.toString(16)}`;
  // By what is mapped, whatever happened to its name; else by the name in the process's own tree.
  return (
    readFrom(fileBytes(`/proc/${tgid}/map_files/${range}`)) ??
    readFrom(fileBytes(`/proc/${tgid}/root${mapping.path}`))
  );
}

function readFrom(source: ByteSource | undefined): UnwindTable | undefined {
  try {
    const elf = source && ElfStructure.read(source);
    return elf && fileTable(elf);
  } catch {
    return undefined;
  }
}

/** A file that is known by its build id is worked out once. */
export function fileTable(elf: ElfStructure): UnwindTable | undefined {
  const id = buildId(elf);
  const path = id && join(cacheFolder(), 'unwind', id);
  const kept = path && loadTable(path);
  if (kept) return kept;
  const table = unwindTable(elf);
  if (path && table) saveTable(path, table);
  return table;
}

/** The kernel's object is no file, and the same in every process: this one's. */
function ownVdso(): ByteSource | undefined {
  const mapping = parseMaps(readFileSync('/proc/self/maps', 'latin1')).find(({ path }) => path === VDSO);
  if (mapping === undefined) return undefined;
  const memory = fileBytes('/proc/self/mem');
  const size = mapping.end - mapping.start;
  return {
    read: (offset, length) =>
      memory.read(mapping.start + offset, Math.min(length, Math.max(0, size - offset))),
  };
}
