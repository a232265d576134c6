import { attachRawTracepoint, attachTracing } from 'ebpf-napi';
import type { RawTracepointSite } from '../../probes/site.js';
import type { SiteAttacher } from '../site-attacher.js';

/**
 * A typed program was loaded for its tracepoint, an untyped one is told it now. Programs tell the sites of a table apart
 * themselves: one link serves all.
 */
export const rawTracepointAttacher: SiteAttacher = {
  kind: 'raw-tracepoint',
  attach: async (program, image) => {
    if (image.type === 'tracing') return [await attachTracing(program)];
    const site = image.sites[0]?.site as RawTracepointSite;
    return [await attachRawTracepoint(program, site.tracepoint)];
  },
};
