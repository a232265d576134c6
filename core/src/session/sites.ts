import type { ResolvedProbe } from '../compiler/input.js';
import type { Host } from '../host/host.js';
import type { ProbeSite } from '../probes/site.js';
import { type LayoutContext, type SiteDescriber, SiteError, type SiteLayout } from '../probes/site-layout.js';

/** What there is to know sites by. */
export interface SiteWorld {
  readonly host: Host;
  readonly describers: ReadonlyMap<string, SiteDescriber>;
}

/** The sites of one run: which they are in the end, and how programs see them. */
export class Sites {
  readonly #layouts = new Map<ProbeSite, SiteLayout>();
  readonly #context: LayoutContext;

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
    };
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

  /** Sites of kinds that stand for several become those that serve this run. */
  choose(matches: readonly (readonly ResolvedProbe[])[]): readonly (readonly ResolvedProbe[])[] {
    const chosen = this.#chosen(new Map(matches.flat().map(({ id, probe }) => [id, probe.site])));
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
