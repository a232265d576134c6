import type { HostFiles } from '../host.js';

/** The file in which a process tells of the code it generates: as the process sees it, and once it is gone, as we do. */
export function readJitMap(files: HostFiles, tgid: number): string | undefined {
  const status = files.readText(`/proc/${tgid}/status`);
  // In a container the process knows itself by another number.
  const own = /^NSpid:.*?(\d+)$/m.exec(status ?? '')?.[1] ?? tgid;
  return files.readText(`/proc/${tgid}/root/tmp/perf-${own}.map`) ?? files.readText(`/tmp/perf-${tgid}.map`);
}
