import type { InstructionMeans, InstructionSite, ProbeSite, UprobeSite, UserInstruction } from '../site.js';
import { type LayoutContext, type SiteDescriber, SiteError, type SiteLayout } from '../site-layout.js';
import { placeArguments } from './uprobe.js';

/** What the processor has of them. */
const MOST_BREAKPOINTS = 4;
/** Where each place takes an event of its own: detaching takes up to a tenth of a second for each. */
const MOST_ONE_BY_ONE = 500;
/** What attaching by one link and the tables of a program bear within seconds. */
const MOST_TOGETHER = 50_000;

export const NO_KPROBES =
  'the kernel has no kprobes, which is what single instructions of its own are probed by';

function asUprobe({ facts, guard }: InstructionSite, at: UserInstruction): UprobeSite {
  const { path, offset, pid, refusal } = at;
  return {
    kind: 'uprobe',
    path,
    places: refusal === undefined ? [{ offset }] : [],
    facts,
    ...(refusal !== undefined && { refusal }),
    ...(guard !== undefined && { guard }),
    ...(pid !== undefined && { pid }),
  };
}

function forcedMeans({ at }: InstructionSite, means: InstructionMeans): InstructionMeans {
  const inKernel = 'address' in at;
  if (inKernel && means === 'uprobe')
    throw new SiteError('no uprobe can be put on an instruction of the kernel');
  if (!inKernel && means === 'kprobe')
    throw new SiteError('no kprobe can be put on an instruction of a process');
  if (!inKernel && means === 'breakpoint' && at.pid === undefined)
    throw new SiteError('a hardware breakpoint serves one process, named by its number, or the kernel');
  return means;
}

/** Uprobes and kprobes; a few instructions of a process that no uprobe can be on by the processor's breakpoints. */
function bestMeans(sites: readonly InstructionSite[]): readonly InstructionMeans[] {
  const needsBreakpoint = ({ at }: InstructionSite) =>
    'refusal' in at && at.refusal !== undefined && at.pid !== undefined;
  const breaks = sites.filter(needsBreakpoint).length <= MOST_BREAKPOINTS;
  return sites.map((site) => {
    if ('address' in site.at) return 'kprobe';
    return breaks && needsBreakpoint(site) ? 'breakpoint' : 'uprobe';
  });
}

function checkCounts(means: readonly InstructionMeans[], { has }: LayoutContext): void {
  const limits: Readonly<Record<InstructionMeans, number>> = {
    breakpoint: MOST_BREAKPOINTS,
    kprobe: MOST_ONE_BY_ONE,
    uprobe: has('uprobe_multi') ? MOST_TOGETHER : MOST_ONE_BY_ONE,
  };
  for (const each of ['breakpoint', 'kprobe', 'uprobe'] as const) {
    const count = means.filter((one) => one === each).length;
    if (count <= limits[each]) continue;
    throw new SiteError(
      `${count} instructions are too many to probe by ${each}s; the limit is ${limits[each]}: name a function, a class of instructions (call-*) or an offset`,
    );
  }
}

function serve(site: InstructionSite, means: InstructionMeans): ProbeSite {
  if (means === 'breakpoint') return { ...site, kind: 'breakpoint' };
  return 'address' in site.at ? { ...site, kind: 'instruction-kprobe' } : asUprobe(site, site.at);
}

/** Stands for the means by which single instructions are probed: which of them serves is decided for a whole run. */
export const instructionDescriber: SiteDescriber = {
  kind: 'instruction',
  layout({ facts }, { arch }) {
    return { group: 'instruction', programType: 'kprobe', args: placeArguments(arch, facts) };
  },
  choose(bases, context) {
    const sites = bases as readonly InstructionSite[];
    const { instructionMeans: forced } = context;
    const means = forced === undefined ? bestMeans(sites) : sites.map((site) => forcedMeans(site, forced));
    checkCounts(means, context);
    return sites.map((site, i) => serve(site, means[i]!));
  },
};

const groupOf = ({ kind, facts, guard = '' }: ProbeSite): string =>
  [kind, facts?.length ?? 0, guard].join(':');

/** One instruction of the kernel for each perf event; programs can be shared where events have cookies. */
export const instructionKprobeDescriber: SiteDescriber = {
  kind: 'instruction-kprobe',
  layout: (site, { arch, has }): SiteLayout => ({
    group: groupOf(site),
    programType: 'kprobe',
    cookies: has('perf_cookie'),
    args: placeArguments(arch, site.facts),
    registers: { offset: 0 },
  }),
};

/** One breakpoint of the processor; there are too few of them to share programs. */
export const breakpointDescriber: SiteDescriber = {
  kind: 'breakpoint',
  layout: (site, { arch }): SiteLayout => ({
    group: groupOf(site),
    programType: 'perf_event',
    args: placeArguments(arch, site.facts),
    registers: { offset: 0 },
  }),
};
