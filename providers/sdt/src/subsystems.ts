import type { Host } from '@dtrace/core/provider';
import { SUBSYSTEM_NAMES } from './subsystem-names.js';

export type SubsystemOf = (tracepoint: string, module: string) => string;

/** Of the kernel's own tracepoints that nothing else is known about. */
const UNKNOWN = 'kernel';
const VMLINUX = 'vmlinux';

/** The tracing file system's folders, where it may be read: `sched:sched_switch …;block:…`. */
function readEvents(host: Host): string {
  const folder = host.tracefs && `${host.tracefs}/events`;
  const systems = (folder && host.readDir(folder)) || [];
  return systems
    .filter((system) => system !== 'syscalls')
    .map((system) => `${system}:${(host.readDir(`${folder}/${system}`) ?? []).join(' ')}`)
    .join(';');
}

/** `name → group` from texts that list the names of each group. */
function invert(groups: Iterable<readonly [string, string]>): Map<string, string> {
  const found = new Map<string, string>();
  for (const [group, names] of groups) for (const name of names.split(' ')) found.set(name, group);
  return found;
}

function byName(table: ReadonlyMap<string, string>, tracepoint: string): string | undefined {
  const exact = table.get(`=${tracepoint}`);
  if (exact !== undefined) return exact;
  for (let words = tracepoint; words !== ''; words = words.slice(0, Math.max(0, words.lastIndexOf('_')))) {
    const found = table.get(words);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The kernel's own word where it can be had, then what the name tells, then the module. */
export function subsystems(host: Host): SubsystemOf {
  const text = host.remember('tracepoint subsystems', () => readEvents(host));
  const groups = text === '' ? [] : text.split(';');
  const events = invert(groups.map((line) => line.split(':', 2) as [string, string]));
  const table = invert(Object.entries(SUBSYSTEM_NAMES));
  return (tracepoint, module) =>
    events.get(tracepoint) ?? byName(table, tracepoint) ?? (module === VMLINUX ? UNKNOWN : module);
}
