/** Kernel functions as links want them: by name where that is enough, else by address. */
import type { Host } from '../../host/host.js';
import type { FunctionSite } from '../../probes/site.js';

/** Who knows where functions are. */
export type FunctionMap = Pick<Host, 'traceable' | 'kernelSymbols'>;

/** Names are enough for functions of the kernel itself that no other shares its name with. */
export const needsAddress = ({ module, ambiguous }: FunctionSite): boolean =>
  module !== undefined || ambiguous === true;

const VMLINUX = 'vmlinux';
const keyOf = (name: string, module: string): string => `${module}:${name}`;

/** Addresses of functions, several where several have the name. */
export class FunctionAddresses {
  #symbols: ReadonlyMap<string, readonly bigint[]> | undefined;

  constructor(
    readonly sites: readonly FunctionSite[],
    readonly kernel: FunctionMap | undefined,
  ) {}

  of({ function: name, module = VMLINUX, ambiguous }: FunctionSite): readonly bigint[] {
    const group = this.kernel?.traceable.find((each) => each.module === module);
    const found = group?.addresses.get(name) ?? this.#among(name, module);
    return ambiguous ? found : found.slice(0, 1);
  }

  /** Of what no function tracer knows, as parts of functions. */
  #among(name: string, module: string): readonly bigint[] {
    this.#symbols ??= this.#readSymbols();
    return this.#symbols.get(keyOf(name, module)) ?? [];
  }

  /** One pass over all symbols: looking each up by itself would read them as often. */
  #readSymbols(): ReadonlyMap<string, readonly bigint[]> {
    const found = new Map<string, bigint[]>();
    const wanted = new Set(this.sites.map(({ function: name }) => name));
    for (const { name, module, address } of this.kernel?.kernelSymbols.named(wanted) ?? []) {
      const key = keyOf(name, module);
      const known = found.get(key);
      if (known === undefined) found.set(key, [address]);
      else if (!known.includes(address)) known.push(address);
    }
    return found;
  }
}
