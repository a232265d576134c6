import { type Btf, BtfError, type BtfKind, type KernelBtf } from 'ebpf-napi/btf';
import type { FunctionType, Type, TypeSource } from '../../language/types.js';
import { isKernel } from '../kernel-modules.js';
import type { KernelSymbol, KernelSymbols } from '../symbols/kernel-symbols.js';
import { BtfTypes } from './btf-types.js';
import { indexEnumerators } from './enumerators.js';

type EnumeratorIndex = ReturnType<typeof indexEnumerators>;

/** The part of `KernelBtf` that is needed: tests hand in BTF they built. */
export interface BtfSource extends Pick<KernelBtf, 'vmlinux' | 'modules' | 'module'> {
  /** Further types, by name; looked at after the kernel's. */
  readonly more?: ReadonlyMap<string, Btf>;
}

const VOID: Type = { kind: 'void' };

/** The running kernel's types: BTF of vmlinux and of modules, converted to the language's types when asked for. */
export class KernelTypes implements TypeSource {
  readonly #load: () => BtfSource | undefined;
  readonly #symbols: Pick<KernelSymbols, 'find' | 'room'>;
  #source: BtfSource | undefined;
  #loaded = false;
  #vmlinux: BtfTypes | undefined;
  readonly #modules = new Map<string, BtfTypes | undefined>();
  readonly #enumerators = new Map<Btf, EnumeratorIndex>();
  readonly #found = new Map<string, Type | undefined>();

  /** `load` is called at the first question: many scripts ask none. It gives nothing where the kernel tells nothing. */
  constructor(load: () => BtfSource | undefined, symbols: Pick<KernelSymbols, 'find' | 'room'>) {
    this.#load = load;
    this.#symbols = symbols;
  }

  findRecord(kind: 'struct' | 'union', tag: string, module?: string): Type | undefined {
    return this.#find(kind, tag, module) ?? this.#forward(kind, tag, module);
  }

  findEnum(tag: string, module?: string): Type | undefined {
    return this.#find('enum', tag, module) ?? this.#find('enum64', tag, module);
  }

  findTypedef(name: string, module?: string): Type | undefined {
    return this.#find('typedef', name, module);
  }

  findEnumerator(name: string): { readonly value: bigint; readonly type: Type } | undefined {
    for (const types of this.#places(undefined)) {
      let index = this.#enumerators.get(types.btf);
      if (index === undefined) {
        index = indexEnumerators(types.btf);
        this.#enumerators.set(types.btf, index);
      }
      const found = index.get(name);
      if (found !== undefined) return { value: found.value, type: types.typeOf(found.id) };
    }
    return undefined;
  }

  /**
   * BTF types functions and per-CPU variables only. Of any other variable there is an address; it counts as an integer
   * that has the room up to the next symbol: words are mostly unsigned, smaller ones mostly are not.
   */
  findSymbol(
    name: string,
    module?: string,
  ): { readonly type: Type; readonly address: bigint | undefined } | undefined {
    const type = this.#find('var', name, module) ?? this.#find('func', name, module);
    const addressOf = (symbol: KernelSymbol | undefined) =>
      symbol?.address === 0n ? undefined : symbol?.address;
    const symbols = this.#symbols;
    // Symbols are slow to read, and some only ask for the type.
    if (type !== undefined)
      return {
        type,
        get address() {
          return addressOf(symbols.find(name, module));
        },
      };
    const symbol = symbols.find(name, module);
    if (symbol === undefined) return undefined;
    const address = addressOf(symbol);
    const variable = symbol.variable && address !== undefined;
    return { type: (variable && integerIn(symbols.room(address))) || VOID, address };
  }

  findFunction(name: string, module?: string): FunctionType | undefined {
    for (const types of this.#places(module)) {
      const id = types.btf.findId('func', name);
      // A module's types answer for the kernel's too.
      if (id === undefined || id < types.btf.firstId) continue;
      const type = types.typeOf(id);
      if (type.kind === 'function') return type;
    }
    return undefined;
  }

  /** Whether the kernel describes its types at all. */
  get available(): boolean {
    return this.#base() !== undefined;
  }

  /** Far cheaper than asking for the symbol. */
  hasFunction(name: string): boolean {
    return this.#base()?.btf.findId('func', name) !== undefined;
  }

  /** Names of the functions that a module's own types describe. */
  functionNames(module: string): ReadonlySet<string> {
    return new Set(this.#own(module)?.btf.names('func'));
  }

  /** The rests of the names of a module's own type definitions that start with `prefix`. */
  typedefNames(prefix: string, module: string): string[] {
    const names = [...(this.#own(module)?.btf.names('typedef') ?? [])];
    return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  }

  /** The types of one module, or of the kernel itself. */
  #own(module: string): BtfTypes | undefined {
    const vmlinux = this.#base();
    return vmlinux && (isKernel(module) ? vmlinux : this.#module(module, vmlinux));
  }

  #find(kind: BtfKind, name: string, module: string | undefined): Type | undefined {
    const key = `${kind} ${name} ${module ?? ''}`;
    if (this.#found.has(key)) return this.#found.get(key);
    const type = this.#search(kind, name, module);
    this.#found.set(key, type);
    return type;
  }

  #search(kind: BtfKind, name: string, module: string | undefined): Type | undefined {
    for (const types of this.#places(module)) {
      const id = types.btf.findId(kind, name);
      if (id !== undefined) return types.typeOf(id);
    }
    return undefined;
  }

  /** A record that is declared and defined nowhere still has a name to point at. */
  #forward(kind: 'struct' | 'union', tag: string, module: string | undefined): Type | undefined {
    const type = this.#find('fwd', tag, module);
    return type?.kind === kind ? type : undefined;
  }

  /** Where to look: one module on top of vmlinux, or vmlinux and then every module until something is found. */
  *#places(module: string | undefined): Generator<BtfTypes> {
    const vmlinux = this.#base();
    if (vmlinux === undefined) return;
    if (module !== undefined && !isKernel(module)) {
      const types = this.#further(module) ?? this.#module(module, vmlinux);
      if (types !== undefined) yield types;
      return;
    }
    yield vmlinux;
    if (module !== undefined) return;
    for (const name of this.#source?.modules() ?? []) {
      const types = this.#module(name, vmlinux);
      if (types !== undefined) yield types;
    }
    for (const name of this.#source?.more?.keys() ?? []) {
      const types = this.#further(name);
      if (types !== undefined) yield types;
    }
  }

  #further(name: string): BtfTypes | undefined {
    const btf = this.#source?.more?.get(name);
    if (btf !== undefined && !this.#modules.has(name))
      this.#modules.set(name, new BtfTypes(btf, name, btf.firstId > 1 ? this.#vmlinux : undefined));
    return btf && this.#modules.get(name);
  }

  #base(): BtfTypes | undefined {
    if (!this.#loaded) {
      this.#loaded = true;
      this.#source = this.#load();
      this.#vmlinux = this.#source && new BtfTypes(this.#source.vmlinux);
    }
    return this.#vmlinux;
  }

  #module(name: string, base: BtfTypes): BtfTypes | undefined {
    if (this.#modules.has(name)) return this.#modules.get(name);
    let types: BtfTypes | undefined;
    try {
      const btf = this.#source?.module(name);
      if (btf !== undefined) types = new BtfTypes(btf, name, base);
    } catch (error) {
      if (!(error instanceof BtfError)) throw error;
    }
    this.#modules.set(name, types);
    return types;
  }
}

/** The widest that fits. */
const INTEGERS: readonly Type[] = [
  { kind: 'integer', name: 'unsigned long', size: 8, signed: false },
  { kind: 'integer', name: 'int', size: 4, signed: true },
  { kind: 'integer', name: 'short', size: 2, signed: true },
  { kind: 'integer', name: 'char', size: 1, signed: true, char: true },
];

function integerIn(room = 8n): Type | undefined {
  return INTEGERS.find((type) => type.kind === 'integer' && BigInt(type.size) <= room);
}
