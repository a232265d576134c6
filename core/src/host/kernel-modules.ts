import type { HostFiles } from './host.js';

/** What scripts call the kernel itself, here and on other systems. */
const KERNEL: ReadonlySet<string> = new Set(['vmlinux', 'genunix', 'unix', 'kernel']);

export const isKernel = (module: string): boolean => KERNEL.has(module);

/** Whether the kernel has a module, loaded or built in. */
export const hasModule = (host: HostFiles, name: string): boolean =>
  isKernel(name) || (/^\w+$/.test(name) && host.readDir(`/sys/module/${name}`) !== undefined);
