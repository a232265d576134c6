import {
  attributes,
  defineProvider,
  NO_ARGUMENTS,
  type Probe,
  type Provider,
  type ProviderAttributes,
} from '@dtrace/core/provider';

const STABLE = attributes('Stable', 'Stable', 'Common');
const PRIVATE = attributes('Private', 'Private', 'Unknown');

const ATTRIBUTES: ProviderAttributes = {
  provider: STABLE,
  module: PRIVATE,
  function: PRIVATE,
  name: STABLE,
  args: STABLE,
};

/** In the order of their ids, which every DTrace has as 1, 2 and 3. */
const PHASES = { BEGIN: 'begin', END: 'end', ERROR: 'error' } as const;

/** The three probes of tracing itself. */
export class DtraceProvider implements Provider {
  readonly name = 'dtrace';
  readonly attributes = ATTRIBUTES;
  readonly weight = -1000;
  readonly probeNames = Object.keys(PHASES);

  *probes(): Generator<Probe> {
    for (const [name, phase] of Object.entries(PHASES)) {
      const site = { kind: 'self', phase } as const;
      yield { provider: this.name, module: '', function: '', name, site, arguments: NO_ARGUMENTS };
    }
  }
}

export default defineProvider({ name: 'dtrace', create: () => new DtraceProvider() });
