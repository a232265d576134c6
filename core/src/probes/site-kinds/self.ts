import type { SelfSite } from '../site.js';
import type { SiteDescriber } from '../site-layout.js';

/** BEGIN, END and ERROR carry nothing of their own: the session runs their programs, or the compiler calls them. */
export const selfDescriber: SiteDescriber = {
  kind: 'self',
  portable: true,
  layout(site) {
    return {
      group: `self:${(site as SelfSite).phase}`,
      programType: 'raw_tracepoint',
      ownFrames: 1,
      args: [],
    };
  },
};
