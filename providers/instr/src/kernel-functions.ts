import { type Host, nameMatcher, type ProbePattern, wholeName } from '@dtrace/core/provider';

/** A function of the kernel that probes may be put into. */
export interface KernelFunction {
  readonly name: string;
  readonly module: string;
  readonly address: bigint;
  /** Bytes to the next symbol. */
  readonly size: number;
}

/** What lies behind the last symbol of a section belongs to nobody. */
const LONGEST = 256 * 1024;

/**
 * Functions that the kernel's own tracer has, and the parts that compilers moved out of those. Kprobes are kept from all
 * others: what handles probes itself, and code that runs before the kernel is ready for interruptions.
 */
export class KernelFunctions {
  readonly #host: Host;
  #modules: ReadonlyMap<string, ReadonlySet<string>> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Of the kernel and its modules. */
  names(): ReadonlySet<string> {
    return new Set([...this.#traceable().values()].flatMap((names) => [...names]));
  }

  /** In the order of the kernel's own list. */
  find({ module, function: func }: ProbePattern): readonly KernelFunction[] {
    const [isModule, isFunction] = [nameMatcher(module), nameMatcher(func)];
    const { kernelSymbols } = this.#host;
    const found: KernelFunction[] = [];
    for (const { name, module: home, address, variable } of kernelSymbols) {
      if (variable || !isFunction(name) || !isModule(home)) continue;
      if (!this.#traceable().get(home)?.has(wholeName(name))) continue;
      const size = Math.min(LONGEST, Number(kernelSymbols.room(address) ?? 0n));
      if (size > 0) found.push({ name, module: home, address, size });
    }
    return found;
  }

  #traceable(): ReadonlyMap<string, ReadonlySet<string>> {
    this.#modules ??= new Map(
      this.#host.traceable.map(({ module, typed, untyped }) => [module, new Set([...typed, ...untyped])]),
    );
    return this.#modules;
  }
}
