import { attachTracing } from 'ebpf-napi';
import type { SiteAttacher } from '../site-attacher.js';
import { AttachRefused } from './refused-functions.js';

/** The program was loaded for its one function. */
export const fentryAttacher: SiteAttacher = {
  kind: 'fentry',
  oneByOne: true,
  async attach(program, _image, { attached }) {
    try {
      const link = await attachTracing(program);
      attached?.(1);
      return [link];
    } catch (error) {
      throw new AttachRefused('fentry', error);
    }
  },
};
