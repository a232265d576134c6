/** Buffers for which there is no memory: made smaller, or refused. */
import type { CompileOptions } from '../compiler/options.js';
import type { HostFiles } from '../host/host.js';

/** Of the memory that is free, the share that buffers may take. */
const SHARE = 0.25;
/** The kernel's rings are no larger. */
const LARGEST = 2 ** 30;
const LEAST = 2 ** 16;

/** Bytes; undefined where nobody can say. */
function availableMemory(files: HostFiles): number | undefined {
  const [, kibibytes] = /^MemAvailable:\s*(\d+) kB/m.exec(files.readText('/proc/meminfo') ?? '') ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** The largest bufsize, halved as often as it takes, that there is memory for on all CPUs. */
export function fittingBufsize({ bufsize }: CompileOptions, cpus: number, files: HostFiles): number {
  const memory = availableMemory(files);
  const limit = memory === undefined ? LARGEST : Math.min(LARGEST, (memory * SHARE) / cpus);
  let size = bufsize;
  while (size > limit && size > LEAST) size = Math.floor(size / 2);
  return size;
}

/** `2m`, as sizes are written. */
export function sizeText(bytes: number): string {
  const units = ['', 'k', 'm', 'g', 't'];
  let unit = 0;
  let size = bytes;
  for (; size >= 1024 && size % 1024 === 0 && unit < units.length - 1; unit++) size /= 1024;
  return `${size}${units[unit]}`;
}
