import type { Host } from './host.js';
import { KernelTypes } from './types/kernel-types.js';

/** Tracepoints of a kernel and of its loaded modules: name → module, which is `vmlinux` for the kernel itself. */
export type Tracepoints = ReadonlyMap<string, string>;

const VMLINUX = 'vmlinux';
const TYPEDEF = 'btf_trace_';

type Machine = Pick<Host, 'types' | 'readText' | 'readDir' | 'remember'>;

/** A module may come back changed while the kernel runs: its build says which one it is. */
const identity = (host: Machine, module: string): string =>
  module === VMLINUX
    ? module
    : `${module} ${host.readText(`/sys/module/${module}/srcversion`)?.trim() ?? ''}`;

/** The kernel describes every tracepoint by a typedef; nothing has to be mounted to read those. */
export function findTracepoints(host: Machine): Tracepoints {
  const found = new Map<string, string>();
  const { types } = host;
  if (!(types instanceof KernelTypes)) return found;
  const modules = host.readDir('/sys/kernel/btf')?.filter((name) => name !== VMLINUX) ?? [];
  for (const module of [VMLINUX, ...modules]) {
    const find = () => types.typedefNames(TYPEDEF, module).sort().join(' ');
    // One string: it is read from disk in a fraction of the time a list takes.
    const names = host.remember(`tracepoints ${identity(host, module)}`, find);
    for (const name of names === '' ? [] : names.split(' ')) if (!found.has(name)) found.set(name, module);
  }
  return found;
}
