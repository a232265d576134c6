import type { IntegerType } from '../../language/types.js';
import type { TimerSite } from '../site.js';
import type { LayoutContext, SiteDescriber } from '../site-layout.js';

const UNSIGNED_LONG: IntegerType = { kind: 'integer', name: 'unsigned long', size: 8, signed: false };

/** The interrupted registers start the context of a perf event program; see bpf_perf_event_data. */
const OFFSETS: Readonly<Record<LayoutContext['arch'], readonly number[]>> = {
  // struct pt_regs: ip, cs, sp
  x64: [128, 136, 152],
  // struct user_pt_regs: pc, pstate, sp
  arm64: [256, 264, 248],
};

export const timerDescriber: SiteDescriber = {
  kind: 'timer',
  layout(base, { arch }) {
    const site = base as TimerSite;
    return {
      group: ['timer', site.period, site.cpus, ...(site.guard === undefined ? [] : [site.guard])].join(':'),
      programType: 'perf_event',
      args: OFFSETS[arch].map((offset) => ({ type: UNSIGNED_LONG, offset, size: 8 })),
      registers: { offset: 0 },
    };
  },
};
