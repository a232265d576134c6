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

interface Choice {
  /** As the probe gives it. */
  readonly given: ProbeSite;
  readonly site: ProbeSite;
  chosen?: ProbeSite;
}

const textOf = (site: ProbeSite): string =>
  JSON.stringify(site, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
export const isSameSite = (a: ProbeSite, b: ProbeSite): boolean => a === b || textOf(a) === textOf(b);

/** The sites of all matches, each once however many clauses it is for; a probe has several where it has something prepared. */
class ChosenSites {
  readonly #byProbe = new Map<number, Choice[]>();

  constructor(matches: readonly (readonly ResolvedProbe[])[], forced: ReadonlySet<number> | undefined) {
    for (const { id, probe } of matches.flat()) {
      const { site: given } = probe;
      const known = this.#byProbe.get(id);
      if (known?.some((choice) => isSameSite(choice.given, given))) continue;
      const site = forced?.has(id) ? ({ ...given, forced: true } as FunctionSite) : given;
      if (known === undefined) this.#byProbe.set(id, [{ given, site }]);
      else known.push({ given, site });
    }
  }

  byKind(): ReadonlyMap<string, Choice[]> {
    const found = new Map<string, Choice[]>();
    for (const choice of [...this.#byProbe.values()].flat()) {
      const alike = found.get(choice.site.kind);
      if (alike === undefined) found.set(choice.site.kind, [choice]);
      else alike.push(choice);
    }
    return found;
  }

  apply(resolved: ResolvedProbe): ResolvedProbe {
    const { id, probe } = resolved;
    const choices = this.#byProbe.get(id) ?? [];
    const choice =
      choices.length === 1 ? choices[0] : choices.find(({ given }) => isSameSite(given, probe.site));
    if (choice?.chosen === undefined) return resolved;
    const { provider, module, function: func, name, arguments: args } = probe;
    return { id, probe: { provider, module, function: func, name, site: choice.chosen, arguments: args } };
  }
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
    const sites = new ChosenSites(matches, forced);
    for (const [kind, alike] of sites.byKind()) {
      const chosen = this.#describer(kind).choose?.(
        alike.map(({ site }) => site),
        this.#context,
      );
      for (const [i, site] of (chosen ?? []).entries()) alike[i]!.chosen = site;
    }
    return matches.map((probes) => probes.map((resolved) => sites.apply(resolved)));
  }

  #describer(kind: string): SiteDescriber {
    const describer = this.world.describers.get(kind);
    if (describer === undefined) throw new SiteError(`no installed package knows sites of kind '${kind}'`);
    return describer;
  }
}
