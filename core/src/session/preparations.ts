import { forEachWithin } from '../compiler/walk.js';
import type { CheckedClause, Expr } from '../language/checked.js';
import type { Preparation, ProbeArguments } from '../probes/probe.js';
import type { RegisteredProbe } from '../probes/registry.js';
import type { ProbeSite } from '../probes/site.js';
import type { SiteLayout } from '../probes/site-layout.js';
import { isSameSite } from './sites.js';

/** A clause of no script, and the probe in whose name it runs at another place. */
export interface Prepared {
  readonly clause: CheckedClause;
  readonly match: RegisteredProbe;
}

const keyOf = ({ site, assign }: Preparation): string => JSON.stringify([site, assign]);

/** The site's own args[], as they are. */
const argumentsOf = ({ args }: SiteLayout): ProbeArguments => ({
  args: args.map((_, i) => ({ type: 'long', value: `args[${i}]` })),
});

function usesArguments(value: Expr): boolean {
  let uses = false;
  forEachWithin(value, ({ kind }) => {
    uses ||= kind === 'arg' || kind === 'probe-arg';
  });
  return uses;
}

type Matches = readonly (readonly RegisteredProbe[])[];

/** D that declares the variables which matched probes want something noted in. */
export const declarations = (matches: Matches): readonly string[] => [
  ...new Set(matches.flat().flatMap(({ probe }) => probe.prepare?.map(({ declare }) => declare) ?? [])),
];

/**
 * What the matched probes want noted elsewhere, each thing once however many want it. `check`: an expression over a
 * site's args[]. They record nothing, and come after the scripts' clauses so that those keep their numbers.
 */
export function preparations(
  matches: Matches,
  check: (text: string, site: ProbeSite) => Expr,
  layout: (site: ProbeSite) => SiteLayout,
): readonly Prepared[] {
  const prepared = new Map<string, Prepared>();
  for (const registered of matches.flat()) {
    for (const preparation of registered.probe.prepare ?? []) {
      const key = keyOf(preparation);
      if (!prepared.has(key)) prepared.set(key, prepare(registered, preparation, check, layout));
    }
  }
  return [...prepared.values()];
}

function prepare(
  registered: RegisteredProbe,
  { site, assign }: Preparation,
  check: (text: string, site: ProbeSite) => Expr,
  layout: (site: ProbeSite) => SiteLayout,
): Prepared {
  const values = assign.map((text) => check(text, site));
  const body = values.map((value) => ({ kind: 'expression' as const, span: value.span, value }));
  const { id, probe, provider } = registered;
  // In one program with the probe's own clauses, and after them: programs at one place may run in any order.
  const together = isSameSite(site, probe.site) && !values.some(usesArguments);
  const { provider: name, module, function: func } = probe;
  return {
    clause: {
      span: values[0]!.span,
      description: { kind: 'probe-id', id, span: values[0]!.span },
      clause: 0,
      defaultAction: false,
      body,
    },
    match: {
      id,
      provider,
      probe: {
        provider: name,
        module,
        function: func,
        name: probe.name,
        site,
        arguments: together ? probe.arguments : argumentsOf(layout(site)),
      },
    },
  };
}
