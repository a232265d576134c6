/**
 * Static probes of a Node.js program, with the interface of `dtrace-provider`. On Linux they are real: a shared object
 * that this package writes and maps, whose notes every tracer of static probes reads. Where that cannot be, on another
 * system or machine, the same calls do nothing.
 */
import { type Addon, loadAddon } from './addon.js';
import { type MappedLibrary, mapLibrary } from './library.js';
import { type ArgumentType, argumentType } from './types.js';

/** Makes the arguments: called only while somebody traces the probe. `this` is the probe. */
export type MakeArguments = (this: DTraceProbe, ...given: never[]) => unknown;

/** As many as dtrace-provider allowed. */
const MOST_ARGUMENTS = 32;

/** A probe. Nothing of it exists outside this process before its provider is enabled. */
export class DTraceProbe {
  readonly name: string;
  readonly types: readonly ArgumentType[];
  /** Where it is, while its provider is enabled. */
  #place: { readonly library: MappedLibrary; readonly index: number } | undefined;
  readonly #words: BigInt64Array;

  constructor(name: string, types: readonly string[]) {
    if (types.length > MOST_ARGUMENTS)
      throw new RangeError(`a probe takes ${MOST_ARGUMENTS} arguments at most`);
    this.name = name;
    this.types = types.map(argumentType);
    this.#words = new BigInt64Array(Math.max(1, types.length));
  }

  /** @internal */
  place(library: MappedLibrary | undefined, index: number): void {
    this.#place = library && { library, index };
  }

  /** Somebody traces it. */
  get enabled(): boolean {
    return this.#place !== undefined && (this.#place.library.counters[this.#place.index] ?? 0) > 0;
  }

  /**
   * Fires it, if somebody traces it: with what the function returns for the arguments, an array. More is left out, and
   * what is missing is 0 or "undefined". Returns true if it fired.
   */
  fire(makeArguments: MakeArguments, ...given: unknown[]): true | undefined {
    const place = this.#place;
    if (place === undefined || (place.library.counters[place.index] ?? 0) === 0) return undefined;
    if (typeof makeArguments !== 'function')
      throw new TypeError('Must give probe value callback as argument');
    const values: unknown = makeArguments.apply(this, (given.length > 0 ? given : [this]) as never[]);
    if (!Array.isArray(values)) return undefined;
    const texts: (number | Uint8Array)[] = [];
    for (const [i, type] of this.types.entries()) {
      const value = type.value(values[i]);
      if (typeof value === 'bigint') this.#words[i] = BigInt.asIntN(64, value);
      else texts.push(i, Buffer.from(`${value}\0`));
    }
    place.library.fire(place.index, this.#words, texts);
    return true;
  }
}

const MACHINES = { x64: 'x64', arm64: 'arm64' } as const;

let addon: Addon | undefined;
let looked = false;

/** What probes need: undefined where there is no such thing. */
function native(): { readonly addon: Addon; readonly machine: 'x64' | 'arm64' } | undefined {
  if (!looked) addon = loadAddon();
  looked = true;
  const machine = MACHINES[process.arch as keyof typeof MACHINES];
  return addon === undefined || machine === undefined ? undefined : { addon, machine };
}

/** A C identifier, as D wants it; a provider's name is followed by a process, and may not end in a digit. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function checkName(name: unknown, what: string, pattern = NAME): asserts name is string {
  if (typeof name !== 'string' || !pattern.test(name)) throw new TypeError(`${String(name)} is no ${what}`);
}

/** Probes by name, which appear and disappear together. */
export class DTraceProvider {
  readonly #name: string;
  readonly #module: string;
  readonly #probes = new Map<string, DTraceProbe>();
  #library: MappedLibrary | undefined;
  [probe: string]: unknown;

  constructor(name: string, module = 'mod') {
    checkName(name, 'name of a provider', /^[A-Za-z_](?:[A-Za-z0-9_]*[A-Za-z_])?$/);
    checkName(module, 'name of a module', /^[\w.-]+$/);
    this.#name = name;
    this.#module = module;
  }

  /** Adds a probe, also as a property of that name. It appears when the provider is enabled next. */
  addProbe(name: string, ...types: string[]): DTraceProbe {
    checkName(name, 'name of a probe', /^[A-Za-z_][\w-]*$/);
    const probe = new DTraceProbe(name, types);
    this.#probes.set(name, probe);
    if (!(name in DTraceProvider.prototype)) this[name] = probe;
    return probe;
  }

  /** Removes a probe. It disappears when the provider is disabled, or enabled again. */
  removeProbe(probe: DTraceProbe | string): boolean {
    const name = typeof probe === 'string' ? probe : probe.name;
    if (this.#probes.get(name) !== probe && typeof probe !== 'string') return false;
    this.#probes.get(name)?.place(undefined, 0);
    if (!(name in DTraceProvider.prototype)) delete this[name];
    return this.#probes.delete(name);
  }

  /** Makes the probes there are now visible to tracers. */
  enable(): void {
    this.disable();
    const able = native();
    if (able === undefined || this.#probes.size === 0) return;
    const probes = [...this.#probes.values()];
    const symbol = (probe: DTraceProbe): string => probe.name.replaceAll('-', '__');
    const declared = probes.map(
      (probe) => `  probe ${symbol(probe)}(${probe.types.map(({ written }) => written).join(', ')});\n`,
    );
    this.#library = mapLibrary(
      able.addon,
      {
        machine: able.machine,
        provider: this.#name,
        function: 'func',
        probes: probes.map((probe) => ({ name: symbol(probe), sizes: probe.types.map(({ size }) => size) })),
        declarations: `provider ${this.#name} {\n${declared.join('')}};\n`,
      },
      this.#module,
    );
    for (const [index, probe] of probes.entries()) probe.place(this.#library, index);
  }

  /** Takes them away. */
  disable(): void {
    for (const probe of this.#probes.values()) probe.place(undefined, 0);
    this.#library?.close();
    this.#library = undefined;
  }

  /** Fires the probe of that name; nothing happens if there is none. */
  fire(name: string, makeArguments: MakeArguments, ...given: unknown[]): true | undefined {
    if (typeof name !== 'string') throw new TypeError('Must give probe name as first argument');
    return this.#probes.get(name)?.fire(makeArguments, ...given);
  }
}

/** `module`: what probes' module is called. */
export function createDTraceProvider(name: string, module?: string): DTraceProvider {
  return new DTraceProvider(name, module);
}
