import {
  attributes,
  type CounterSite,
  defineProvider,
  HOST,
  type Host,
  inject,
  injectable,
  interruptedArguments,
  isPattern,
  type MissingProbe,
  type Probe,
  type ProbeArguments,
  type ProbePattern,
  type Provider,
  type ProviderAttributes,
} from '@dtrace/core/provider';
import { EVENTS, type Event, findEvent } from './events.js';

const EVOLVING = attributes('Evolving', 'Evolving', 'Common');

const ATTRIBUTES: ProviderAttributes = {
  provider: EVOLVING,
  module: attributes('Private', 'Private', 'Unknown'),
  function: attributes('Private', 'Private', 'Unknown'),
  name: attributes('Evolving', 'Evolving', 'CPU'),
  args: EVOLVING,
};

const NAME = /^(.+)-(user|kernel|all)-(\d{1,18})$/;

/** `cpc:::event-mode-count`: fires on every CPU after so many events. */
@injectable()
export class CpcProvider implements Provider {
  readonly name = 'cpc';
  readonly attributes = ATTRIBUTES;
  readonly weight = 160;
  readonly #host: Host;
  readonly #arguments: ProbeArguments;

  constructor(@inject(HOST) host: Host) {
    this.#host = host;
    this.#arguments = interruptedArguments(host.arch);
  }

  *probes({ name }: ProbePattern): Generator<Probe> {
    const listed = this.#available().map(([event, { usual }]) => `${event}-all-${usual}`);
    const wanted = isPattern(name) || listed.includes(name) ? listed : [name];
    for (const text of wanted) {
      const probe = this.#probe(text);
      if (probe !== undefined) yield probe;
    }
  }

  missing(): readonly MissingProbe[] {
    const reason = 'this machine has no performance counters that the kernel can use';
    return Object.entries(EVENTS)
      .filter(([, event]) => !this.#has(event))
      .map(([name, { usual }]) => ({ name: `${name}-all-${usual}`, reason }));
  }

  #available(): [string, Event][] {
    return Object.entries(EVENTS).filter(([, event]) => this.#has(event));
  }

  #has({ type }: Event): boolean {
    return type === 'software' || this.#host.has('hardware_counters');
  }

  #probe(name: string): Probe | undefined {
    const [, text = '', mode = 'all', count = '0'] = NAME.exec(name) ?? [];
    const event = findEvent(text);
    const period = BigInt(count);
    if (event === undefined || !this.#has(event) || period < BigInt(event.least)) return undefined;
    const { type, config } = event;
    const site: CounterSite = { kind: 'counter', type, config, period, mode: mode as CounterSite['mode'] };
    return { provider: this.name, module: '', function: '', name, site, arguments: this.#arguments };
  }
}

export default defineProvider({ name: 'cpc', providers: [CpcProvider] });
