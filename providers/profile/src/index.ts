import {
  attributes,
  defineProvider,
  HOST,
  type Host,
  inject,
  injectable,
  interruptedArguments,
  isPattern,
  type Probe,
  type ProbeArguments,
  type ProbePattern,
  type Provider,
  type ProviderAttributes,
  type TimerSite,
} from '@dtrace/core/provider';
import { parsePeriod } from './period.js';

const EVOLVING = attributes('Evolving', 'Evolving', 'Common');

const ATTRIBUTES: ProviderAttributes = {
  provider: EVOLVING,
  module: attributes('Unstable', 'Unstable', 'Unknown'),
  function: attributes('Private', 'Private', 'Unknown'),
  name: EVOLVING,
  args: EVOLVING,
};

/** What `-l` shows; any other rate is made when a script names it. */
const LISTED = [
  ...[97, 199, 499, 997, 1999, 4001, 4999].map((rate) => `profile-${rate}`),
  ...[1, 10, 100, 500, 1000, 5000].map((rate) => `tick-${rate}`),
];

/** Which CPUs a clock fires on, by the first part of its name. */
const CPUS: Readonly<Record<string, TimerSite['cpus']>> = { profile: 'all', tick: 'one' };

/** profile-n fires on every CPU, tick-n on one, at a fixed rate or interval. */
@injectable()
export class ProfileProvider implements Provider {
  readonly name = 'profile';
  readonly attributes = ATTRIBUTES;
  readonly weight = -900;
  readonly #arguments: ProbeArguments;

  constructor(@inject(HOST) host: Host) {
    this.#arguments = interruptedArguments(host.arch);
  }

  *probes(pattern: ProbePattern): Generator<Probe> {
    const names = isPattern(pattern.name) || LISTED.includes(pattern.name) ? LISTED : [pattern.name];
    for (const name of names) {
      const probe = this.#probe(name);
      if (probe !== undefined) yield probe;
    }
  }

  #probe(name: string): Probe | undefined {
    const dash = name.indexOf('-');
    const cpus = CPUS[name.slice(0, Math.max(0, dash))];
    const period = parsePeriod(name.slice(dash + 1));
    if (cpus === undefined || period === undefined) return undefined;
    const site: TimerSite = { kind: 'timer', period, cpus };
    return { provider: this.name, module: '', function: '', name, site, arguments: this.#arguments };
  }
}

export default defineProvider({ name: 'profile', providers: [ProfileProvider] });
