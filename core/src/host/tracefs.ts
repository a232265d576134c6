import type { HostFiles } from './host.js';

const PLACES = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

/** Only root may read it, and many systems mount it only when some tool asks: nothing may depend on it. */
export function findTracefs(files: HostFiles): string | undefined {
  return PLACES.find((place) => (files.readDir(`${place}/events`)?.length ?? 0) > 0);
}
