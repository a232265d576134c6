import {
  attributes,
  functionMeans,
  type Host,
  NO_MEANS,
  type Probe,
  type Provider,
  type ProviderAttributes,
} from '@dtrace/core/provider';
import type { FunctionGroup } from './functions.js';
import { FunctionListing } from './listing.js';

const EVOLVING = attributes('Evolving', 'Evolving', 'ISA');
const PRIVATE = attributes('Private', 'Private', 'Unknown');

const ATTRIBUTES: ProviderAttributes = {
  provider: EVOLVING,
  module: PRIVATE,
  function: PRIVATE,
  name: EVOLVING,
  args: attributes('Private', 'Private', 'ISA'),
};

/** Entry to and return from kernel functions. */
export class FunctionProvider implements Provider {
  readonly attributes = ATTRIBUTES;
  readonly probeNames = ['entry', 'return'];
  readonly #functions: () => readonly FunctionGroup[];
  #listing: FunctionListing | undefined;

  constructor(
    readonly host: Host,
    readonly name: string,
    readonly weight: number,
    functions: () => readonly FunctionGroup[],
  ) {
    this.#functions = functions;
  }

  listing(): FunctionListing {
    this.#listing ??= new FunctionListing(this, this.unavailable() === undefined ? this.#functions() : []);
    return this.#listing;
  }

  *probes(): Generator<Probe> {
    const listing = this.listing();
    for (let i = 0; i < listing.length; i++) yield listing.at(i)!;
  }

  unavailable(): string | undefined {
    return functionMeans(this.host).length > 0 ? undefined : NO_MEANS;
  }
}
