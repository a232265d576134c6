import type { TypeSource } from '../language/types.js';
import { UNSTABLE } from './attributes.js';
import type { Probe, ProbeArguments } from './probe.js';
import type { Provider, ProviderAttributes } from './provider.js';
import { hasTracepoint } from './site-kinds/index.js';

/** A probe over a kernel tracepoint: everything in it is names and D. */
export interface TableProbe extends ProbeArguments {
  readonly name: string;
  readonly module?: string;
  readonly function?: string;
  /** Alternatives, tried in order: the first tracepoint this kernel has. */
  readonly tracepoint: string | readonly string[];
  /** D over the tracepoint's args[]: the probe fires only where it is true. */
  readonly guard?: string;
}

export interface ProbeTable {
  readonly name: string;
  readonly attributes?: ProviderAttributes;
  readonly probes: readonly TableProbe[];
}

/** Probes whose tracepoint this kernel lacks are not listed. */
function* probesOf(table: ProbeTable, types: TypeSource): Generator<Probe> {
  for (const entry of table.probes) {
    const tracepoint = [entry.tracepoint].flat().find((name) => hasTracepoint(name, types));
    if (tracepoint === undefined) continue;
    yield {
      provider: table.name,
      module: entry.module ?? 'vmlinux',
      function: entry.function ?? '',
      name: entry.name,
      site: {
        kind: 'raw-tracepoint',
        tracepoint,
        ...(entry.guard !== undefined && { guard: entry.guard }),
      },
      arguments: entry,
    };
  }
}

/** A provider that is a table of probes over kernel tracepoints. */
export function tableProvider(table: ProbeTable, types: TypeSource): Provider {
  return {
    name: table.name,
    attributes: table.attributes ?? UNSTABLE,
    probes: () => probesOf(table, types),
  };
}
