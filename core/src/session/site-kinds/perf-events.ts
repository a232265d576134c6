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

/** A CPU may go offline between the listing and the opening. */
const isGone = (error: unknown): boolean => error instanceof BpfError && error.code === 'ENODEV';

async function attachAll(
  program: Program,
  spec: PerfEventSpec,
  cpus: readonly number[],
): Promise<Attachment[]> {
  const attachments: Attachment[] = [];
  try {
    for (const cpu of cpus) {
      try {
        attachments.push(await attachOne(program, { ...spec, cpu }));
      } catch (error) {
        if (!isGone(error) || cpus.length === 1) throw error;
      }
    }
    return attachments;
  } catch (error) {
    await Promise.all(attachments.map((attachment) => attachment.close()));
    throw error;
  }
}

export const timerAttacher: SiteAttacher = {
  kind: 'timer',
  async attach(program, image, { cpu }) {
    const site = image.sites[0]?.site as TimerSite | undefined;
    if (site === undefined) return [];
    const online = cpu === undefined ? onlineCpus() : [cpu];
    const cpus = site.cpus === 'one' ? online.slice(0, 1) : online;
    // A period and not a frequency: the kernel's frequency mode loses a third of the events.
    return attachAll(program, { type: 'software', config: 'cpu-clock', period: site.period }, cpus);
  },
};

export const counterAttacher: SiteAttacher = {
  kind: 'counter',
  async attach(program, image, { cpu }) {
    const site = image.sites[0]?.site as CounterSite | undefined;
    if (site === undefined) return [];
    const { type, config, period, mode } = site;
    const excluded = { excludeUser: mode === 'kernel', excludeKernel: mode === 'user' };
    return attachAll(
      program,
      { type, config, period, ...excluded },
      cpu === undefined ? onlineCpus() : [cpu],
    );
  },
};
