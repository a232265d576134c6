import { readdirSync, readFileSync } from 'node:fs';
import { BpfError, onlineCpus, type PerfEventSpec } from 'ebpf-napi';
import { parseMaps } from '../../host/symbols/memory-map.js';
import type { InstructionSite, UserInstruction } from '../../probes/site.js';
import type { SiteAttacher } from '../site-attacher.js';
import { attachPerfEvents } from './perf-events.js';

/** Where a process has an instruction of a file; undefined when it has not. */
function addressIn(pid: number, { file, offset }: UserInstruction): bigint | undefined {
  const mapping = parseMaps(readFileSync(`/proc/${pid}/maps`, 'utf8')).find(
    (each) => each.file === file && offset >= each.offset && offset < each.offset + each.end - each.start,
  );
  return mapping && BigInt(mapping.start + offset - mapping.offset);
}

const threadsOf = (pid: number): readonly number[] => readdirSync(`/proc/${pid}/task`).map(Number);

/** Every thread has breakpoints of its own; those that come later inherit them. */
function eventsFor({ at }: InstructionSite): readonly PerfEventSpec[] {
  const onExecution = (address: bigint) =>
    ({ type: 'breakpoint', breakpoint: { access: 'x', address } }) as const;
  if ('address' in at) return onlineCpus().map((cpu) => ({ ...onExecution(at.address), cpu }));
  const { pid } = at;
  const address = pid === undefined ? undefined : addressIn(pid, at);
  if (pid === undefined || address === undefined) return [];
  return threadsOf(pid).map((thread) => ({ ...onExecution(address), pid: thread, inheritThreads: true }));
}

/** One breakpoint of the processor, in every thread of a process, or on every CPU for the kernel. */
export const breakpointAttacher: SiteAttacher = {
  kind: 'breakpoint',
  async attach(program, { sites: [only] }, { leftOut }) {
    if (only === undefined) return [];
    try {
      const events = eventsFor(only.site as InstructionSite);
      if (events.length === 0) leftOut?.(only.probe, 'the process has not mapped its code');
      return await attachPerfEvents(program, events);
    } catch (error) {
      if (!(error instanceof BpfError) || error.code !== 'ENOSPC') throw error;
      leftOut?.(only.probe, 'the breakpoints of the processor are all taken');
      return [];
    }
  },
};
