/** Kernel functions as links want them: by name where that is enough, else by address. */
import type { KernelSymbols } from '../../host/symbols/kernel-symbols.js';
import type { FunctionSite } from '../../probes/site.js';

/** Names are enough for functions of the kernel itself that no other shares its name with. */
export const needsAddress = ({ module, ambiguous }: FunctionSite): boolean =>
  module !== undefined || ambiguous === true;

const keyOf = (name: string, module: string | undefined): string => `${module ?? 'vmlinux'}:${name}`;

/** Addresses of functions, several where several have the name. */
export class FunctionAddresses {
  readonly #byKey = new Map<string, bigint[]>();

  /** One pass over all symbols: looking each up by itself would read them as often. */
  constructor(sites: readonly FunctionSite[], symbols: KernelSymbols | undefined) {
    const wanted = new Set(sites.map(({ function: name }) => name));
    for (const { name, module, address } of symbols?.named(wanted) ?? []) {
      const key = keyOf(name, module);
      const known = this.#byKey.get(key);
      if (known === undefined) this.#byKey.set(key, [address]);
      else if (!known.includes(address)) known.push(address);
    }
  }

  of({ function: name, module, ambiguous }: FunctionSite): readonly bigint[] {
    const found = this.#byKey.get(keyOf(name, module)) ?? [];
    return ambiguous ? found : found.slice(0, 1);
  }
}
