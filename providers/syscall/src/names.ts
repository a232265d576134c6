import type { Host } from '@dtrace/core/provider';
import { systemCallNumbers } from './numbers.js';

/** Where the kernel's own name (tracepoints, probefunc) differs from the one in <unistd.h>. */
const UNISTD_NAMES: Readonly<Record<Host['arch'], Readonly<Record<string, string>>>> = {
  x64: {
    newstat: 'stat',
    newfstat: 'fstat',
    newlstat: 'lstat',
    newuname: 'uname',
    sendfile64: 'sendfile',
    umount: 'umount2',
  },
  arm64: {
    newfstat: 'fstat',
    newuname: 'uname',
    sendfile64: 'sendfile',
    umount: 'umount2',
    fadvise64_64: 'fadvise64',
    arm64_personality: 'personality',
  },
};

/** How the kernel calls the functions that serve system calls; those without arguments have the last only. */
const PREFIXES: Readonly<Record<Host['arch'], readonly string[]>> = {
  x64: ['__x64_sys_', '__do_sys_'],
  arm64: ['__arm64_sys_', '__do_sys_'],
};

const EVENT_PREFIX = 'sys_enter_';

export interface SystemCall {
  /** The kernel's name for it. */
  readonly name: string;
  readonly number: number;
}

export interface SystemCalls {
  /** In the order of numbers. */
  readonly all: readonly SystemCall[];
  /** By the name of <unistd.h> where that is another one. */
  readonly byAlias: ReadonlyMap<string, SystemCall>;
}

/** Everything the number table knows, under the kernel's names. */
function known(arch: Host['arch']): SystemCall[] {
  const kernelNames = new Map(Object.entries(UNISTD_NAMES[arch]).map(([kernel, unistd]) => [unistd, kernel]));
  return [...systemCallNumbers(arch)].map(([name, number]) => ({
    name: kernelNames.get(name) ?? name,
    number,
  }));
}

/** Says which system calls the kernel has, from the best witness there is: its events, its functions, or none. */
function witness(host: Host): (name: string) => boolean {
  const events = host.tracefs && host.readDir(`${host.tracefs}/events/syscalls`);
  if (events) {
    const names = new Set(events);
    return (name) => names.has(EVENT_PREFIX + name);
  }
  const hasCall = (name: string) => PREFIXES[host.arch].some((prefix) => host.hasFunction(prefix + name));
  return hasCall('read') ? hasCall : () => true;
}

const namesOf = (table: readonly SystemCall[], exists: (name: string) => boolean): string[] =>
  table.flatMap(({ name }) => (exists(name) ? [name] : []));

export function systemCalls(host: Host): SystemCalls {
  const table = known(host.arch);
  const present = new Set(host.remember('syscall names', () => namesOf(table, witness(host))));
  const all = table.filter(({ name }) => present.has(name));
  const aliases = UNISTD_NAMES[host.arch];
  const byAlias = new Map<string, SystemCall>();
  for (const call of all) {
    const alias = aliases[call.name];
    if (alias !== undefined) byAlias.set(alias, call);
  }
  return { all, byAlias };
}
