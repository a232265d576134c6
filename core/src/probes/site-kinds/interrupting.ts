/** Sites of perf events: they interrupt whatever runs, and see its registers. */
import type { IntegerType } from '../../language/types.js';
import type { ProbeArguments } from '../probe.js';
import type { CounterSite, SiteBase, TimerSite } from '../site.js';
import type { LayoutContext, SiteDescriber, SiteLayout } from '../site-layout.js';

const UNSIGNED_LONG: IntegerType = { kind: 'integer', name: 'unsigned long', size: 8, signed: false };

/** The interrupted registers start the context of a perf event program; see bpf_perf_event_data. */
const OFFSETS: Readonly<Record<LayoutContext['arch'], readonly number[]>> = {
  // struct pt_regs: ip, cs, sp
  x64: [128, 136, 152],
  // struct user_pt_regs: pc, pstate, sp
  arm64: [256, 264, 248],
};

const layout = (arch: LayoutContext['arch'], parts: readonly unknown[], { guard }: SiteBase): SiteLayout => ({
  group: [...parts, ...(guard === undefined ? [] : [guard])].join(':'),
  programType: 'perf_event',
  args: OFFSETS[arch].map((offset) => ({ type: UNSIGNED_LONG, offset, size: 8 })),
  registers: { offset: 0 },
});

export const timerDescriber: SiteDescriber = {
  kind: 'timer',
  portable: true,
  layout(base, { arch }) {
    const site = base as TimerSite;
    return layout(arch, ['timer', site.period, site.cpus], site);
  },
};

export const counterDescriber: SiteDescriber = {
  kind: 'counter',
  portable: true,
  layout(base, { arch }) {
    const site = base as CounterSite;
    return layout(arch, ['counter', site.type, site.config, site.period, site.mode], site);
  },
};

/** Whether user code was interrupted, in D over the site's args[]. */
const IN_USER: Readonly<Record<LayoutContext['arch'], string>> = {
  x64: '(args[1] & 3) == 3',
  arm64: '(args[1] & 0xf) == 0',
};

/** arg0: where the kernel was interrupted, or 0; arg1: where user code was. */
export function interruptedArguments(arch: LayoutContext['arch']): ProbeArguments {
  const inUser = IN_USER[arch];
  return { args: [], raw: [`${inUser} ? 0 : args[0]`, `${inUser} ? args[0] : 0`] };
}
