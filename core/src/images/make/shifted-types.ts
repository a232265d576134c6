/** The kernel's types with everything moved: see `find-relocations.ts` for what that is good for. */
import type {
  EnumType,
  FunctionType,
  PointerType,
  RecordType,
  Type,
  TypeSource,
} from '../../language/types.js';
import type { TypeRoot } from '../quantity.js';
import { behindPointer, elementPlace, type Place, rootPlace, ShiftedRecord } from './shifted-record.js';
import type { Shifts } from './shifts.js';

const MOST_VALUE_SHIFT = 7;
const ADDRESS_UNIT = 16;
const MOST_ADDRESS_SHIFT = 1 << 20;

export class ShiftedTypes implements TypeSource {
  readonly #roots = new Map<string, Type>();
  readonly #pointers = new WeakMap<Type, Type>();

  constructor(
    private readonly of: TypeSource,
    private readonly shifts: Shifts,
  ) {}

  findRecord(kind: 'struct' | 'union', tag: string, module?: string): Type | undefined {
    const found = this.of.findRecord(kind, tag, module);
    return found && this.#named(found, { kind, name: tag, ...(module !== undefined && { module }) });
  }

  findEnum(tag: string, module?: string): Type | undefined {
    const found = this.of.findEnum(tag, module);
    return found && this.#plain(found);
  }

  findTypedef(name: string, module?: string): Type | undefined {
    const found = this.of.findTypedef(name, module);
    return found && this.#named(found, { kind: 'typedef', name, ...(module !== undefined && { module }) });
  }

  findEnumerator(name: string): { readonly value: bigint; readonly type: Type } | undefined {
    const found = this.of.findEnumerator(name);
    return found && { value: this.#enumerator(name, undefined, found.value), type: this.#plain(found.type) };
  }

  findSymbol(
    symbol: string,
    module?: string,
  ): { readonly type: Type; readonly address: bigint | undefined } | undefined {
    const found = this.of.findSymbol(symbol, module);
    if (found?.address === undefined) return found && { ...found, type: this.#plain(found.type) };
    const shift = ADDRESS_UNIT * (1 + this.shifts.draw(`address ${symbol}`, MOST_ADDRESS_SHIFT));
    const address = found.address + BigInt(shift);
    const quantity = { kind: 'address', symbol, ...(module !== undefined && { module }) } as const;
    this.shifts.note(quantity, address, shift);
    return { type: this.#plain(found.type), address };
  }

  findFunction(name: string, module?: string): FunctionType | undefined {
    const found = this.of.findFunction(name, module);
    return found && (this.#plain(found) as FunctionType);
  }

  #enumerator(name: string, tag: string | undefined, value: bigint): bigint {
    const shift = 1 + this.shifts.draw(`enumerator ${tag} ${name}`, MOST_VALUE_SHIFT);
    const quantity = { kind: 'enumerator', name, ...(tag !== undefined && { tag }) } as const;
    this.shifts.note(quantity, value + BigInt(shift), shift);
    return value + BigInt(shift);
  }

  /** A type that can be found by a name: its records begin there. */
  #named(type: Type, root: TypeRoot): Type {
    const key = JSON.stringify(root);
    let named = this.#roots.get(key);
    if (named === undefined) {
      named = this.#inside(type, rootPlace({ root, steps: [] }));
      this.#roots.set(key, named);
    }
    return named;
  }

  /** A record that something leads to is the one of its name. */
  #tagged(record: RecordType): Type | undefined {
    if (record.tag === '' || record.members === undefined) return undefined;
    const module = record.btf?.module;
    return this.#named(record, {
      kind: record.kind,
      name: record.tag,
      ...(module !== undefined && { module }),
    });
  }

  /** A type that has no place: what can be named is moved, the rest stays. */
  #plain(type: Type): Type {
    switch (type.kind) {
      case 'struct':
      case 'union':
        return this.#tagged(type) ?? type;
      case 'pointer':
        return this.#pointer(type, undefined);
      default:
        return this.#inside(type, undefined);
    }
  }

  #pointer(type: PointerType, place: Place | undefined): Type {
    const known = place === undefined ? this.#pointers.get(type) : undefined;
    if (known !== undefined) return known;
    const to = () => this.#target(type.to, place);
    let target: Type | undefined;
    const pointer: PointerType = {
      kind: 'pointer',
      get to() {
        target ??= to();
        return target;
      },
      ...(type.space && { space: type.space }),
    };
    if (place === undefined) this.#pointers.set(type, pointer);
    return pointer;
  }

  #target(type: Type, place: Place | undefined): Type {
    const isRecord = type.kind === 'struct' || type.kind === 'union';
    if (isRecord) {
      const tagged = this.#tagged(type);
      if (tagged !== undefined) return tagged;
      if (type.members === undefined) return type;
    }
    if (type.kind === 'typedef') {
      const found = this.of.findTypedef(type.name);
      if (found === type) return this.#named(type, { kind: 'typedef', name: type.name });
    }
    return place === undefined ? this.#plain(type) : this.#inside(type, behindPointer(place));
  }

  /** A type at a place in a record, or that a name leads to. */
  #inside(type: Type, place: Place | undefined): Type {
    switch (type.kind) {
      case 'struct':
      case 'union':
        if (place === undefined || type.members === undefined) return this.#tagged(type) ?? type;
        return new ShiftedRecord(type, place, this.shifts, (inner, at) => this.#inside(inner, at));
      case 'array': {
        if (place === undefined) return { ...type, of: this.#plain(type.of) };
        const of = this.#inside(type.of, elementPlace(place, type.length ?? 0, type.of));
        return { ...type, of };
      }
      case 'typedef': {
        const to = () => this.#inside(type.to, place);
        let target: Type | undefined;
        return {
          kind: 'typedef',
          name: type.name,
          get to() {
            target ??= to();
            return target;
          },
        };
      }
      case 'pointer':
        return this.#pointer(type, place);
      case 'enum':
        return this.#enum(type);
      case 'function':
        return this.#function(type);
      default:
        return type;
    }
  }

  #enum(type: EnumType): EnumType {
    const { kind, tag, size, signed } = type;
    const values = () => type.enumerators;
    const shifted = (name: string, value: bigint) =>
      tag === '' ? value : this.#enumerator(name, tag, value);
    return {
      kind,
      tag,
      size,
      signed,
      get enumerators() {
        const own = values();
        return own && new Map([...own].map(([name, value]) => [name, shifted(name, value)]));
      },
    };
  }

  #function(type: FunctionType): FunctionType {
    const plain = (inner: Type) => this.#plain(inner);
    return {
      kind: 'function',
      variadic: type.variadic,
      get returns() {
        return plain(type.returns);
      },
      get parameters() {
        return type.parameters.map(plain);
      },
    };
  }
}
