import {
  attachPerfEvent,
  BpfError,
  onlineCpus,
  openPerfEvent,
  type PerfEventSpec,
  type Program,
} from 'ebpf-napi';
import type { CounterSite, TimerSite } from '../../probes/site.js';
import type { Attachment, SiteAttacher } from '../site-attacher.js';

async function attachOne(program: Program, spec: PerfEventSpec): Promise<Attachment> {
  const event = openPerfEvent({ ...spec, disabled: true });
  try {
    const link = await attachPerfEvent(program, event);
    return {
      async close() {
        await link.close();
        await event.close();
      },
    };
  } catch (error) {
    event.closeSync();
    throw error;
  }
}

/** A CPU may go offline, or a thread end, between the listing and the opening. */
const GONE: ReadonlySet<string> = new Set(['ENODEV', 'ESRCH']);
const isGone = (error: unknown): boolean => error instanceof BpfError && GONE.has(error.code);

export async function attachPerfEvents(
  program: Program,
  specs: readonly PerfEventSpec[],
): Promise<Attachment[]> {
  const attachments: Attachment[] = [];
  try {
    for (const spec of specs) {
      try {
        attachments.push(await attachOne(program, spec));
      } catch (error) {
        if (!isGone(error) || specs.length === 1) throw error;
      }
    }
    return attachments;
  } catch (error) {
    await Promise.all(attachments.map((attachment) => attachment.close()));
    throw error;
  }
}

const onEach = (spec: PerfEventSpec, cpus: readonly number[]): PerfEventSpec[] =>
  cpus.map((cpu) => ({ ...spec, cpu }));

export const timerAttacher: SiteAttacher = {
  kind: 'timer',
  async attach(program, image, { cpu }) {
    const site = image.sites[0]?.site as TimerSite | undefined;
    if (site === undefined) return [];
    const online = cpu === undefined ? onlineCpus() : [cpu];
    const cpus = site.cpus === 'one' ? online.slice(0, 1) : online;
    // A period and not a frequency: the kernel's frequency mode loses a third of the events.
    const spec: PerfEventSpec = { type: 'software', config: 'cpu-clock', period: site.period };
    return attachPerfEvents(program, onEach(spec, cpus));
  },
};

export const counterAttacher: SiteAttacher = {
  kind: 'counter',
  async attach(program, image, { cpu }) {
    const site = image.sites[0]?.site as CounterSite | undefined;
    if (site === undefined) return [];
    const { type, config, period, mode } = site;
    const excluded = { excludeUser: mode === 'kernel', excludeKernel: mode === 'user' };
    const spec = { type, config, period, ...excluded };
    return attachPerfEvents(program, onEach(spec, cpu === undefined ? onlineCpus() : [cpu]));
  },
};
