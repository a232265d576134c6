import type { Host } from './host.js';
import { KernelTypes } from './types/kernel-types.js';

/**
 * Functions of the kernel or of one module that probes can be put on, in the order of their addresses. Each name is there
 * once, however many functions have it.
 */
export interface TraceableFunctions {
  /** `vmlinux` for the kernel itself. */
  readonly module: string;
  /** Those whose type the kernel describes. */
  readonly typed: readonly string[];
  readonly untyped: readonly string[];
  /** Names that several functions have. */
  readonly ambiguous: ReadonlySet<string>;
  /**
   * Where those are whose name alone does not tell: ambiguous ones, and all of a module. Empty where the kernel hides
   * addresses.
   */
  readonly addresses: ReadonlyMap<string, readonly bigint[]>;
}

type Machine = Pick<Host, 'types' | 'readText' | 'kernelSymbols' | 'tracefs'>;

const VMLINUX = 'vmlinux';
/** Places that linking left without a function, which the kernel lists all the same. */
const NOWHERE = '__ftrace_invalid_address__';
export const BLACKLIST = '/sys/kernel/debug/kprobes/blacklist';

/** Functions that kprobes must not be put on: what handles them would be probed itself. Fentry stays away as well. */
function blacklist(host: Machine): ReadonlySet<string> {
  const lines = host.readText(BLACKLIST)?.split('\n') ?? [];
  return new Set(lines.map((line) => line.slice(line.indexOf('\t') + 1)));
}

const NONE: ReadonlySet<string> = new Set();

/** Names of the functions that the kernel's, or a module's own, types describe. */
function describedFunctions({ types }: Machine, module: string): ReadonlySet<string> {
  return types instanceof KernelTypes && types.available ? types.functionNames(module) : NONE;
}

type Addresses = ReadonlyMap<string, readonly bigint[]>;
type AddressesByModule = ReadonlyMap<string, Addresses>;

class Gathering implements TraceableFunctions {
  readonly typed: string[] = [];
  readonly untyped: string[] = [];
  readonly ambiguous = new Set<string>();
  readonly #seen = new Set<string>();

  constructor(
    readonly module: string,
    readonly described: ReadonlySet<string>,
    readonly allAddresses: () => AddressesByModule,
  ) {}

  get addresses(): Addresses {
    return this.allAddresses().get(this.module) ?? new Map();
  }

  get unclear(): Iterable<string> {
    return this.module === VMLINUX ? this.ambiguous : this.#seen;
  }

  add(name: string): void {
    if (this.#seen.has(name)) {
      this.ambiguous.add(name);
      return;
    }
    this.#seen.add(name);
    (this.described.has(name) ? this.typed : this.untyped).push(name);
  }
}

/** Lines are `name` or `name [module]`. */
function* listed(text: string): Generator<readonly [name: string, module: string]> {
  for (let from = 0, to = 0; from < text.length; from = to + 1) {
    to = text.indexOf('\n', from);
    if (to < 0) to = text.length;
    if (to === from || text.startsWith(NOWHERE, from)) continue;
    const line = text.slice(from, to);
    const space = line.endsWith(']') ? line.indexOf(' ') : -1;
    yield space < 0 ? [line, VMLINUX] : [line.slice(0, space), line.slice(space + 2, -1)];
  }
}

/** Without the tracing file system: what has a type and an address. Some of it will turn out refused. */
function* describedSymbols(host: Machine): Generator<readonly [name: string, module: string]> {
  for (const { name, module } of host.kernelSymbols)
    if (describedFunctions(host, module).has(name)) yield [name, module];
}

/** One pass over all symbols: looking each up by itself would read them as often. */
function addressesOf(groups: Iterable<Gathering>, { kernelSymbols }: Machine): AddressesByModule {
  const wanted = new Set<string>();
  const found = new Map<string, Map<string, bigint[]>>();
  for (const { module, unclear } of groups) {
    found.set(module, new Map());
    for (const name of unclear) wanted.add(name);
  }
  for (const { name, module, address } of kernelSymbols.addresses ? kernelSymbols.named(wanted) : []) {
    const group = found.get(module);
    const known = group?.get(name);
    if (known === undefined) group?.set(name, [address]);
    else if (!known.includes(address)) known.push(address);
  }
  return found;
}

/** What the kernel offers its own function tracer, less what is unsafe to probe. */
export function findTraceable(host: Machine): readonly TraceableFunctions[] {
  let addresses: AddressesByModule | undefined;
  const allAddresses = () => {
    addresses ??= addressesOf(found.values(), host);
    return addresses;
  };
  const unsafe = blacklist(host);
  const text = host.tracefs && host.readText(`${host.tracefs}/available_filter_functions`);
  const found = new Map<string, Gathering>();
  for (const [name, module] of text ? listed(text) : describedSymbols(host)) {
    if (unsafe.has(name)) continue;
    let gathering = found.get(module);
    if (gathering === undefined) {
      gathering = new Gathering(module, describedFunctions(host, module), allAddresses);
      found.set(module, gathering);
    }
    gathering.add(name);
  }
  return [...found.values()];
}
