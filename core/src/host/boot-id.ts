import type { HostFiles } from './host.js';

/** What is another one after every start of the machine. */
export function bootId(files: Pick<HostFiles, 'readText'>): string {
  return files.readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}
