import type { FunctionMeans, FunctionSite, ProbeSite } from '../site.js';
import { type LayoutContext, type SiteDescriber, SiteError } from '../site-layout.js';
import { fentryDescriber, fentryObstacle } from './fentry.js';
import { kprobeDescriber, kprobeMultiDescriber } from './kprobe.js';

/**
 * fentry costs least when it fires, but takes a program for each function and about as long to attach as one link to
 * thousands.
 */
const FEW = 10;
/** Where each function takes a program or an event of its own: detaching takes up to a tenth of a second for each. */
const MOST_ONE_BY_ONE = 500;

const DESCRIBERS: Readonly<Record<FunctionMeans, SiteDescriber>> = {
  fentry: fentryDescriber,
  kprobe: kprobeDescriber,
  'kprobe-multi': kprobeMultiDescriber,
};

const FEATURE = { fentry: 'fentry', kprobe: 'kprobe', 'kprobe-multi': 'kprobe_multi' } as const;

/** What the kernel can do, best first for so many functions. */
export function functionMeans(
  kernel: Pick<LayoutContext, 'has' | 'avoided'>,
  count = 1,
): readonly FunctionMeans[] {
  const preferred: readonly FunctionMeans[] =
    count <= FEW ? ['fentry', 'kprobe-multi', 'kprobe'] : ['kprobe-multi', 'fentry', 'kprobe'];
  return preferred.filter((means) => kernel.has(FEATURE[means]) && !kernel.avoided?.has(means));
}

function fits(site: FunctionSite, means: FunctionMeans, context: LayoutContext): boolean {
  return means !== 'fentry' || fentryObstacle(site, context) === undefined;
}

function serve(site: FunctionSite, wanted: readonly FunctionMeans[], context: LayoutContext): FunctionSite {
  const means = wanted.find((each) => fits(site, each, context)) ?? wanted.at(-1);
  if (means === undefined) throw new SiteError(`${site.function} cannot be probed: ${NO_MEANS}`);
  return { ...site, kind: means };
}

export const NO_MEANS =
  'the kernel lets no program attach to its functions (it refuses fentry, or lacks it, and has no kprobes)';

function checkCount(sites: readonly FunctionSite[]): void {
  const alone = sites.filter(({ kind }) => kind !== 'kprobe-multi').length;
  if (alone <= MOST_ONE_BY_ONE) return;
  throw new SiteError(
    `${alone} functions are too many to attach to one by one, which takes up to a tenth of a second each; the limit is ${MOST_ONE_BY_ONE}`,
  );
}

/** Stands for the means by which kernel functions are probed: which of them serves is decided for a whole run. */
export const functionDescriber: SiteDescriber = {
  kind: 'function',
  portable: true,
  layout(site, context) {
    const [chosen] = this.choose?.([site], context) ?? [];
    return DESCRIBERS[(chosen as FunctionSite).kind as FunctionMeans].layout(chosen as ProbeSite, context);
  },
  choose(sites, context) {
    const { functionMeans: forced } = context;
    const wanted = forced === undefined ? functionMeans(context, sites.length) : [forced];
    const chosen = sites.map((site) => serve(site as FunctionSite, wanted, context));
    checkCount(chosen);
    return chosen;
  },
};
