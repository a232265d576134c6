import type { ResolvedProbe } from '../compiler/input.js';
import type { Host } from '../host/host.js';
import type { FunctionMeans, FunctionSite, ProbeSite } from '../probes/site.js';
import { functionMeans } from '../probes/site-kinds/index.js';
import { type LayoutContext, type SiteDescriber, SiteError, type SiteLayout } from '../probes/site-layout.js';

/** What there is to know sites by. */
export interface SiteWorld {
  readonly host: Host;
  readonly describers: ReadonlyMap<string, SiteDescriber>;
}

/** Lines are a name, a tab and what kind of failure its callers expect. Empty where the kernel does not tell. */
function functionsThatMayFail(host: Host): ReadonlySet<string> {
  const lines = host.readText('/sys/kernel/debug/error_injection/list')?.split('\n') ?? [];
  return new Set(lines.map((line) => line.split(/\s/, 1)[0] ?? '').filter((name) => name !== ''));
}

/** The sites of one run: which they are in the end, and how programs see them. */
export class Sites {
  readonly #layouts = new Map<ProbeSite, SiteLayout>();
  readonly #context: LayoutContext;
  readonly #avoided = new Set<FunctionMeans>();
  #failing: ReadonlySet<string> | undefined;

  constructor(
    readonly world: SiteWorld,
    forced: Pick<LayoutContext, 'functionMeans' | 'instructionMeans'> = {},
  ) {
    const { host } = world;
    this.#context = {
      types: host.types,
      arch: host.arch,
      has: (feature) => host.has(feature),
      functionMeans: forced.functionMeans,
      instructionMeans: forced.instructionMeans,
      avoided: this.#avoided,
      mayFail: (name) => {
        this.#failing ??= functionsThatMayFail(host);
        return this.#failing.size === 0 || this.#failing.has(name);
      },
    };
  }

  /** From now on chooses other means; false where there are none, or where this one was asked for. */
  avoid(means: FunctionMeans): boolean {
    if (this.#avoided.has(means) || this.#context.functionMeans !== undefined) return false;
    this.#avoided.add(means);
    return functionMeans(this.#context).length > 0;
  }

  /** Each site is described once. */
  layout(site: ProbeSite): SiteLayout {
    let layout = this.#layouts.get(site);
    if (layout === undefined) {
      layout = this.#describer(site.kind).layout(site, this.#context);
      this.#layouts.set(site, layout);
    }
    return layout;
  }

  /** Sites of kinds that stand for several become those that serve this run. `forced`: probes that return() is used in. */
  choose(
    matches: readonly (readonly ResolvedProbe[])[],
    forced?: ReadonlySet<number>,
  ): readonly (readonly ResolvedProbe[])[] {
    const wanted = ({ id, probe: { site } }: ResolvedProbe): ProbeSite =>
      forced?.has(id) ? ({ ...site, forced: true } as FunctionSite) : site;
    const chosen = this.#chosen(new Map(matches.flat().map((probe) => [probe.id, wanted(probe)])));
    if (chosen.size === 0) return matches;
    return matches.map((probes) =>
      probes.map((resolved): ResolvedProbe => {
        const { id, probe } = resolved;
        const site = chosen.get(id);
        if (site === undefined) return resolved;
        const { provider, module, function: func, name, arguments: args } = probe;
        return { id, probe: { provider, module, function: func, name, site, arguments: args } };
      }),
    );
  }

  /** Which site becomes which, by the id of its probe. */
  #chosen(sites: ReadonlyMap<number, ProbeSite>): ReadonlyMap<number, ProbeSite> {
    const byKind = new Map<string, number[]>();
    for (const [id, { kind }] of sites) {
      const alike = byKind.get(kind);
      if (alike === undefined) byKind.set(kind, [id]);
      else alike.push(id);
    }
    const chosen = new Map<number, ProbeSite>();
    for (const [kind, ids] of byKind) {
      const describer = this.#describer(kind);
      const alike = ids.map((id) => sites.get(id)!);
      const instead = describer.choose?.(alike, this.#context) ?? [];
      for (const [i, site] of instead.entries()) chosen.set(ids[i]!, site);
    }
    return chosen;
  }

  #describer(kind: string): SiteDescriber {
    const describer = this.world.describers.get(kind);
    if (describer === undefined) throw new SiteError(`no installed package knows sites of kind '${kind}'`);
    return describer;
  }
}
