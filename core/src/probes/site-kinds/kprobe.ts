import { isSigned, resolve, sizeOf } from '../../language/types/queries.js';
import { argumentWords, parameterPlaces, resultPlace } from '../calling-convention.js';
import type { FunctionSite } from '../site.js';
import type { LayoutContext, SiteArgument, SiteDescriber, SiteLayout } from '../site-layout.js';
import { LOCK_FUNCTION, prototypeOf } from './fentry.js';

/** Functions whose results are read alike may share a program: arg1 means the same for all of them then. */
const resultClass = ({ type }: SiteArgument): string =>
  `${isSigned(type) ? 's' : 'u'}${sizeOf(type, 0) ?? ''}`;

/** Nothing is known of the result of an untyped function: it may be any word. */
function resultOf(site: FunctionSite, context: LayoutContext): readonly SiteArgument[] {
  const type = prototypeOf(site, context)?.returns;
  return type !== undefined && resolve(type).kind === 'void' ? [] : [resultPlace(context.arch, type)];
}

class KprobeLayout implements SiteLayout {
  readonly programType = 'kprobe';
  readonly registers = { offset: 0 };
  readonly group: string;
  readonly frameGone: boolean;
  readonly raw: readonly SiteArgument[];
  declare readonly expectedAttach?: string;
  declare readonly insideLocks?: true;
  declare readonly forcesReturn?: 'allowed' | 'not allowed';
  readonly #site: FunctionSite;
  readonly #context: LayoutContext;

  constructor(
    site: FunctionSite,
    context: LayoutContext,
    readonly cookies: boolean,
    expectedAttach: string | undefined,
  ) {
    this.#site = site;
    this.#context = context;
    this.frameGone = site.at === 'return';
    if (expectedAttach !== undefined) this.expectedAttach = expectedAttach;
    if (LOCK_FUNCTION.test(site.function)) this.insideLocks = true;
    if (site.forced && site.at === 'entry')
      this.forcesReturn = (context.mayFail?.(site.function) ?? true) ? 'allowed' : 'not allowed';
    this.raw = site.at === 'entry' ? argumentWords(context.arch, 'kernel') : resultOf(site, context);
    const class_ = site.at === 'entry' ? [] : this.raw.map(resultClass);
    this.group = [site.kind, site.at, ...class_, site.guard ?? '', site.forced ?? ''].join(':');
  }

  /** Looked up when somebody asks: thousands of sites may share a program that looks at none. */
  get args(): readonly SiteArgument[] {
    const type = this.#site.at === 'entry' ? prototypeOf(this.#site, this.#context) : undefined;
    return type === undefined ? this.raw : parameterPlaces(this.#context.arch, type, 'kernel');
  }
}

/** One function for each perf event; programs can be shared where events have cookies. */
export const kprobeDescriber: SiteDescriber = {
  kind: 'kprobe',
  portable: true,
  layout: (site, context) =>
    new KprobeLayout(site as FunctionSite, context, context.has('perf_cookie'), undefined),
};

/** Any number of functions for one program and one link. */
export const kprobeMultiDescriber: SiteDescriber = {
  kind: 'kprobe-multi',
  portable: true,
  layout: (site, context) => new KprobeLayout(site as FunctionSite, context, true, 'trace_kprobe_multi'),
};
