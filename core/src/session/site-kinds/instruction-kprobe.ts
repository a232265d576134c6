import { attachKprobe } from 'ebpf-napi';
import type { InstructionSite } from '../../probes/site.js';
import type { Attachment, SiteAttacher } from '../site-attacher.js';
import { isAboutTarget, type RefusedProbe, reportRefused } from './refused-functions.js';

/** One perf event for each instruction of the kernel. */
export const instructionKprobeAttacher: SiteAttacher = {
  kind: 'instruction-kprobe',
  oneByOne: true,
  async attach(program, { sites }, { attached, leftOut }) {
    const attachments: Attachment[] = [];
    const refused: RefusedProbe[] = [];
    try {
      for (const { probe, site, cookie } of sites) {
        const { at } = site as InstructionSite;
        const address = 'address' in at ? at.address : 0n;
        try {
          attachments.push(await attachKprobe(program, address, { ...(cookie !== undefined && { cookie }) }));
        } catch (error) {
          if (!isAboutTarget(error)) throw error;
          refused.push({ probe, error });
        }
        attached?.(1);
      }
      reportRefused(refused, attachments.length, leftOut);
      return attachments;
    } catch (error) {
      await Promise.all(attachments.map((attachment) => attachment.close()));
      throw error;
    }
  },
};
