/** The probes that a session's privileges let it match. Others are not there for it, as on Solaris. */
import type { Privileges } from '../compiler/privileges.js';
import { probeMatcher } from '../probes/matching.js';
import type { ProbeRegistry, RegisteredProbe } from '../probes/registry.js';
import type { ProbeSite } from '../probes/site.js';

/** What compiling asks of a registry. */
export type ProbeSource = Pick<ProbeRegistry, 'match' | 'byId' | 'state' | 'explain' | 'hasProvider'>;

/** Nanoseconds: a clock that is faster keeps everybody's CPUs busy. */
const SHORTEST_PERIOD = 200_000n;

/** Sites whose program runs whatever process comes by: those that cost others next to nothing. */
function isBearable(site: ProbeSite): boolean {
  if (site.kind === 'timer') return 'period' in site && BigInt(String(site.period)) >= SHORTEST_PERIOD;
  // Without a process, every one that executes the file would stop at it.
  return site.kind !== 'uprobe' || ('pid' in site && site.pid !== undefined);
}

function probeFilter({
  owner,
  providers,
  withoutProviders = [],
  probes,
}: Privileges): (probe: RegisteredProbe) => boolean {
  const patterns = probes?.map(probeMatcher);
  return ({ probe, provider }) => {
    // BEGIN, END and ERROR are part of every script.
    if (probe.site.kind === 'self') return true;
    if (providers !== undefined && !providers.includes(provider.name)) return false;
    if (withoutProviders.includes(provider.name)) return false;
    if (patterns !== undefined && !patterns.some((matches) => matches(probe))) return false;
    return owner === undefined || isBearable(probe.site);
  };
}

export function allowedProbes(registry: ProbeSource, privileges: Privileges): ProbeSource {
  const allows = probeFilter(privileges);
  return {
    match: (pattern) => registry.match(pattern).filter(allows),
    byId(id) {
      const found = registry.byId(id);
      return found !== undefined && allows(found) ? found : undefined;
    },
    state: (pattern) => registry.state(pattern),
    explain: (pattern) => registry.explain(pattern) ?? 'some probes are out of reach of this session',
    hasProvider: (name) => registry.hasProvider(name),
  };
}
