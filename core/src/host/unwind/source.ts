/** What a session needs to unwind the stacks of processes: where their code is mapped, and the tables of that code. */
import type { HostFiles } from '../host.js';
import { type Mapping, parseMaps } from '../symbols/memory-map.js';
import type { UnwindTable } from './table.js';

export interface CodeMapping {
  readonly start: number;
  readonly end: number;
  /** Undefined: generated code, or a file without call frame information. */
  readonly table: UnwindTable | undefined;
  /** The address that the file gives to the byte at `start`. */
  readonly address: number;
}

export interface CodeSpace {
  /** Both change when the process executes another program. */
  readonly startCode: bigint;
  readonly startStack: bigint;
  /** Pages of code, as the kernel counts them. */
  readonly codePages: number;
  readonly mappings: readonly CodeMapping[];
}

export interface UnwindSource {
  /** Undefined when there is no such process (any more), or it has no user code. */
  space(tgid: number): CodeSpace | undefined;
}

export type TableReader = (tgid: number, mapping: Mapping) => UnwindTable | undefined;

/** Fields of /proc/PID/stat, counted from the one behind the name. */
const START_CODE = 23;
const START_STACK = 25;
const PAGE_KIB = 4;
/** What lies above is a page of the kernel that processes see, without code that calls anything. */
const USER_SPACE = 2 ** 63;

/** Out of /proc. Tables are read once for each file. */
export class ProcUnwindSource implements UnwindSource {
  readonly #tables = new Map<string, UnwindTable | undefined>();

  constructor(
    readonly files: HostFiles,
    readonly read: TableReader,
  ) {}

  space(tgid: number): CodeSpace | undefined {
    const stat = this.files.readText(`/proc/${tgid}/stat`);
    const status = this.files.readText(`/proc/${tgid}/status`);
    const maps = this.files.readText(`/proc/${tgid}/maps`);
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [startCode, startStack] = [fields?.[START_CODE], fields?.[START_STACK]];
    if (!startCode || !startStack || !status || !maps) return undefined;
    return {
      startCode: BigInt(startCode),
      startStack: BigInt(startStack),
      codePages: (kibibytes(status, 'VmExe') + kibibytes(status, 'VmLib')) / PAGE_KIB,
      mappings: parseMaps(maps)
        .filter(({ end }) => end <= USER_SPACE)
        .map((mapping) => this.#mapping(tgid, mapping)),
    };
  }

  #mapping(tgid: number, mapping: Mapping): CodeMapping {
    const { start, end } = mapping;
    const table = this.#table(tgid, mapping);
    const address = table && addressOf(table, mapping);
    return address === undefined
      ? { start, end, table: undefined, address: 0 }
      : { start, end, table, address };
  }

  #table(tgid: number, mapping: Mapping): UnwindTable | undefined {
    if (mapping.path === '') return undefined;
    const key = mapping.path.startsWith('/') ? mapping.file : mapping.path;
    if (!this.#tables.has(key)) this.#tables.set(key, this.read(tgid, mapping));
    return this.#tables.get(key);
  }
}

function kibibytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
}

/** The file's address of a mapping's start. Mappings start at whole pages, segments where they like. */
function addressOf({ segments }: UnwindTable, { offset, start, end }: Mapping): number | undefined {
  const segment = segments.find((s) => s.offset < offset + (end - start) && s.offset + s.fileSize > offset);
  return segment && segment.address + offset - segment.offset;
}
