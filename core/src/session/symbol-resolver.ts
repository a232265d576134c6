import type { ResolvedSymbol, SymbolResolver } from '../consumer/symbols.js';
import type { Host } from '../host/host.js';
import { networkNames } from '../host/network-names.js';
import { demangle } from '../host/symbols/demangle.js';
import type { SymbolAt } from '../host/symbols/kernel-symbols.js';

const resolved = (found: SymbolAt | undefined): ResolvedSymbol | undefined =>
  found && { module: found.module, symbol: found.name ?? '', offset: found.offset };

const inSource = (found: ResolvedSymbol | undefined): ResolvedSymbol | undefined =>
  found && { ...found, symbol: demangle(found.symbol) };

/** Names for addresses, out of what the host reads. */
export function symbolResolver(host: Host): SymbolResolver {
  return {
    ...networkNames(host),
    kernel: (address) => resolved(host.kernelSymbols.at(address)),
    user: (tgid, address) => inSource(resolved(host.userSymbols.at(tgid, address))),
    userSymbol: (tgid, address) => resolved(host.userSymbols.at(tgid, address)),
    userFile: (tgid, address) => {
      const found = resolved(host.userSymbols.place(tgid, address));
      return found && found.module !== '' ? { ...found, nameless: true } : undefined;
    },
  };
}
