import { attachTracing } from 'ebpf-napi';
import type { SiteAttacher } from '../site-attacher.js';

/** The program was loaded for its tracepoint and tells the sites of a table apart itself: one link serves all. */
export const rawTracepointAttacher: SiteAttacher = {
  kind: 'raw-tracepoint',
  attach: async (program) => [await attachTracing(program)],
};
