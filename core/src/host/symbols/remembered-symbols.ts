import type { Fact } from '../kernel-facts.js';
import type { KernelSymbol, KernelSymbols } from './kernel-symbols.js';

interface Memory {
  remember<T extends Fact>(name: string, find: () => T): T;
  /** What is another one after every start of the machine. */
  readonly boot: string;
}

type FoundSymbols = Pick<KernelSymbols, 'find' | 'room'>;

const KERNEL = 'vmlinux';

/**
 * The kernel's own symbols that were asked for before: finding one in kallsyms takes as long as compiling a script. Those
 * of modules come and go, and are found anew.
 */
export function rememberedSymbols(symbols: KernelSymbols, memory: Memory): FoundSymbols {
  const search = (name: string): string | null => {
    const symbol = symbols.find(name);
    if (symbol === undefined || symbol.module !== KERNEL || symbol.address === 0n) return null;
    return `${symbol.variable ? 'variable' : 'function'} ${symbol.address}`;
  };
  return {
    find(name, module): KernelSymbol | undefined {
      const known =
        module === undefined || module === KERNEL
          ? memory.remember(`symbol ${memory.boot} ${name}`, () => search(name))
          : null;
      if (known === null) return symbols.find(name, module);
      const [kind, address = ''] = known.split(' ');
      return { name, module: KERNEL, variable: kind === 'variable', address: BigInt(address) };
    },
    room: (address) => symbols.room(address),
  };
}
