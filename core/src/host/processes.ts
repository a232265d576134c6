import { basename } from 'node:path';
import type { HostFiles } from './host.js';
import { inodeOf, type Mapping, parseMaps } from './symbols/memory-map.js';

/** A file whose code is mapped into a process. */
export interface ProcessModule {
  /** The file's name without its folder. */
  readonly name: string;
  /** Its path as the process sees it. */
  readonly path: string;
  /** Where it can be opened from here: the process may live in a container, or the file be replaced since. */
  readonly openPath: string;
  /** Device and inode: the same for every process that has it mapped. */
  readonly file: string;
  /** The program that the process runs, as opposed to a library. */
  readonly program: boolean;
}

/** What is asked about other processes. */
export interface Processes {
  exists(pid: number): boolean;
  /** As execname shows it; undefined when there is no such process. */
  name(pid: number): string | undefined;
  /** Tells one process from a later one with the same pid. */
  startTime(pid: number): string | undefined;
  /** Ids of all processes, ascending. */
  ids(): readonly number[];
  /** Files of code mapped into a process, the program first, then by address. Empty for kernel threads. */
  modules(pid: number): readonly ProcessModule[];
}

const START_TIME_FIELD = 19;
const DELETED = ' (deleted)';
/** Files of memfd_create(2). */
const IN_MEMORY = /^memfd:/;

/** From /proc/PID/stat: the name may hold spaces and parentheses, so fields count from the last `)`. */
export class ProcProcesses implements Processes {
  constructor(readonly files: HostFiles) {}

  exists(pid: number): boolean {
    return this.files.readText(`/proc/${pid}/stat`) !== undefined;
  }

  name(pid: number): string | undefined {
    return this.files.readText(`/proc/${pid}/comm`)?.trimEnd();
  }

  startTime(pid: number): string | undefined {
    const stat = this.files.readText(`/proc/${pid}/stat`);
    return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_FIELD];
  }

  ids(): readonly number[] {
    const names = this.files.readDir('/proc') ?? [];
    return names
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  }

  modules(pid: number): readonly ProcessModule[] {
    const mappings = parseMaps(this.files.readText(`/proc/${pid}/maps`) ?? '');
    const program = this.files.readLink(`/proc/${pid}/exe`);
    const modules = new Map<string, ProcessModule>();
    for (const mapping of mappings) {
      const { file } = mapping;
      if (!mapping.path.startsWith('/') || modules.has(file)) continue;
      modules.set(file, this.#module(pid, mapping, program));
    }
    return [...modules.values()].sort((a, b) => Number(b.program) - Number(a.program));
  }

  #module(pid: number, mapping: Mapping, program: string | undefined): ProcessModule {
    const { path: mapped, file } = mapping;
    const path = mapped.endsWith(DELETED) ? mapped.slice(0, -DELETED.length) : mapped;
    const openPath = this.#openPath(pid, path, mapping);
    return { name: basename(path).replace(IN_MEMORY, ''), path, openPath, file, program: mapped === program };
  }

  /** A name is not enough: what counts is the very file that is mapped. */
  #openPath(pid: number, path: string, { file, start, end }: Mapping): string {
    const inode = inodeOf(file);
    const inside = `/proc/${pid}/root${path}`;
    const range = `/proc/${pid}/map_files/${start.toString(16)}-${end.toString(16)}`;
    return [path, inside, range].find((candidate) => this.files.inode(candidate) === inode) ?? path;
  }
}
