/** D's predefined variables and their types. */
import { type TypeFinder, tableType } from './prototypes.js';
import { stringOf } from './types/basic.js';
import type { Type } from './types.js';

export interface Builtin {
  readonly name: string;
  /** Present for built-in arrays: the type of the key. */
  readonly key?: string;
  readonly type: string;
  /** Bytes including the NUL that every value fits in, for strings where this is known. */
  readonly capacity?: number;
  /** Usually an inline of the D library; a script or library that defines it takes precedence. */
  readonly library?: true;
}

const scalar = (type: string, ...names: readonly string[]): Builtin[] =>
  names.map((name) => ({ name, type }));
const library = (type: string, ...names: readonly string[]): Builtin[] =>
  names.map((name) => ({ name, type, library: true }));

const table: readonly Builtin[] = [
  ...scalar('uint64_t', 'timestamp', 'vtimestamp', 'ucaller'),
  ...scalar('int64_t', 'walltimestamp'),
  ...scalar('uintptr_t', 'caller'),
  ...scalar('uint32_t', 'stackdepth', 'ustackdepth'),
  ...scalar('uint_t', 'id', 'epid', 'ipl'),
  ...scalar('int', 'errno'),
  ...scalar('pid_t', 'pid', 'ppid'),
  ...scalar('id_t', 'tid'),
  ...scalar('uid_t', 'uid', 'euid'),
  ...scalar('gid_t', 'gid', 'egid'),
  ...scalar('struct task_struct *', 'curthread'),
  // TASK_COMM_LEN.
  { name: 'execname', type: 'string', capacity: 16 },
  ...scalar('string', 'probeprov', 'probemod', 'probefunc', 'probename'),
  { name: 'uregs', key: 'int', type: 'uint64_t' },
  { name: 'regs', key: 'int', type: 'uint64_t' },
  ...library('int', 'cpu'),
  ...library('string', 'cwd', 'root', 'zonename'),
  ...library('cpuinfo_t *', 'curcpu'),
  ...library('psinfo_t *', 'curpsinfo'),
  ...library('lwpsinfo_t *', 'curlwpsinfo'),
  { name: 'fds', key: 'int', type: 'fileinfo_t', library: true },
];

export const builtins: ReadonlyMap<string, Builtin> = new Map(table.map((entry) => [entry.name, entry]));

export function builtinType(builtin: Builtin, find: TypeFinder): Type | undefined {
  return builtin.capacity === undefined ? tableType(builtin.type, find) : stringOf(builtin.capacity);
}

/** `arg0` … `arg9`: the index, or undefined for other names. */
export function rawArgumentIndex(name: string): number | undefined {
  return /^arg[0-9]$/.test(name) ? Number(name.slice(3)) : undefined;
}
