import { UNSTABLE } from './attributes.js';
import { NO_ARGUMENTS, type Probe, type ProbeArguments } from './probe.js';
import type { MissingProbe, Provider, ProviderAttributes } from './provider.js';
import type { ProbeSite } from './site.js';
import { lacks, type Machine, type Needs, placeName, type TablePlace } from './table-needs.js';

export type { TablePlace };

/** A place that a probe may stand on: everything in it is names and D. */
export type TableSite = TablePlace &
  Partial<ProbeArguments> & {
    /** Of a probe that fires at several places: which this is. Default: the tracepoint or function. */
    readonly function?: string;
    /** What else the kernel must have for this to be the right one. */
    readonly needs?: Needs;
    /** D over the place's args[]: the probe fires only where it is true. */
    readonly guard?: string;
    /** What is noted at other places for this. */
    readonly prepare?: readonly TablePreparation[];
  };

/** D assignments over the args[] of another place, where `guard` is true. */
export type TablePreparation = TablePlace & {
  readonly guard?: string;
  /** Declarations of the variables: `self uint64_t io_began;`. */
  readonly declare: string;
  readonly assign: readonly string[];
};

/** Tried in order: the first that this kernel has. A name alone has the probe's own guard and arguments. */
export type Alternatives = string | TableSite | readonly (string | TableSite)[];

export interface TableProbe extends Partial<ProbeArguments> {
  readonly name: string;
  /** When it fires and what it carries, for `-lv`. */
  readonly help?: string;
  readonly module?: string;
  readonly function?: string;
  readonly tracepoint: Alternatives;
  /** Further places that the probe fires at. */
  readonly also?: readonly Alternatives[];
  readonly guard?: string;
  readonly prepare?: readonly TablePreparation[];
}

export interface ProbeTable {
  readonly name: string;
  readonly attributes?: ProviderAttributes;
  readonly weight?: number;
  readonly probes: readonly TableProbe[];
  /** Probes that other systems have and no tracepoint serves: name → what it would take. */
  readonly absent?: Readonly<Record<string, string>>;
}

function siteAt(place: TablePlace, guard: string | undefined): ProbeSite {
  const where =
    'tracepoint' in place
      ? { kind: 'raw-tracepoint', tracepoint: place.tracepoint }
      : {
          kind: 'function',
          function: placeName(place),
          at: 'entry' in place ? 'entry' : 'return',
        };
  return { ...where, ...(guard !== undefined && { guard }) };
}

const sitesOf = (alternatives: Alternatives): readonly TableSite[] =>
  [alternatives].flat().map((site) => (typeof site === 'string' ? { tracepoint: site } : site));

/** Where a probe that fires at several places is one of them, its function tells which. */
function probeAt(table: ProbeTable, entry: TableProbe, site: TableSite): Probe {
  const prepare = site.prepare ?? entry.prepare;
  const {
    args = entry.args ?? NO_ARGUMENTS.args,
    raw = entry.raw,
    builtins = entry.builtins,
    thread = entry.thread,
  } = site;
  return {
    provider: table.name,
    module: entry.module ?? 'vmlinux',
    function: entry.function ?? (entry.also === undefined ? '' : (site.function ?? placeName(site))),
    name: entry.name,
    site: siteAt(site, site.guard ?? entry.guard),
    arguments: { args, ...(raw && { raw }), ...(builtins && { builtins }), ...(thread && { thread }) },
    ...(prepare && {
      prepare: prepare.map(({ guard, declare, assign, ...place }) => ({
        site: siteAt(place, guard),
        declare,
        assign,
      })),
    }),
  };
}

class TableProvider implements Provider {
  readonly name: string;
  readonly attributes: ProviderAttributes;
  readonly weight: number;
  readonly probeNames: readonly string[];
  readonly #table: ProbeTable;
  readonly #host: Machine;
  #found: { readonly probes: readonly Probe[]; readonly missing: readonly MissingProbe[] } | undefined;

  constructor(table: ProbeTable, host: Machine) {
    this.#table = table;
    this.#host = host;
    this.name = table.name;
    this.attributes = table.attributes ?? UNSTABLE;
    this.weight = table.weight ?? 0;
    this.probeNames = [...new Set(table.probes.map(({ name }) => name))];
  }

  probes(): readonly Probe[] {
    this.#found ??= this.#find();
    return this.#found.probes;
  }

  describe({ name }: Probe): string | undefined {
    return this.#table.probes.find((probe) => probe.name === name)?.help;
  }

  missing(): readonly MissingProbe[] {
    this.#found ??= this.#find();
    return this.#found.missing;
  }

  unavailable(): string | undefined {
    if (this.probes().length > 0) return undefined;
    const [first] = this.missing();
    return `this kernel has none of its probes${first ? ` (${first.name}: ${first.reason})` : ''}`;
  }

  #find() {
    const probes: Probe[] = [];
    const missing: MissingProbe[] = [];
    for (const entry of this.#table.probes) {
      const reasons: string[] = [];
      const before = probes.length;
      for (const place of [entry.tracepoint, ...(entry.also ?? [])]) {
        const sites = sitesOf(place);
        const site = sites.find((each) => lacks(this.#host, each, each.needs) === undefined);
        if (site !== undefined) probes.push(probeAt(this.#table, entry, site));
        else reasons.push(...sites.map((each) => lacks(this.#host, each, each.needs) ?? ''));
      }
      if (probes.length === before)
        missing.push({ name: entry.name, reason: [...new Set(reasons)].join('; ') });
    }
    for (const [name, reason] of Object.entries(this.#table.absent ?? {})) missing.push({ name, reason });
    return { probes, missing };
  }
}

/** A provider that is a table of probes over kernel tracepoints. What a kernel lacks is not listed. */
export function tableProvider(table: ProbeTable, host: Machine): Provider {
  return new TableProvider(table, host);
}
