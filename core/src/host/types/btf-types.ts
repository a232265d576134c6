import type { Btf, BtfEnum, BtfEnum64, BtfFuncProto, BtfInt, BtfType } from 'ebpf-napi/btf';
import type { EnumType, FunctionType, PointerType, Type } from '../../language/types.js';
import { integerType } from './integers.js';
import { LazyRecord, type MemberTypes } from './record.js';

const VOID: Type = { kind: 'void' };
const USER_TAG = 'user';

function enumType(type: BtfEnum | BtfEnum64): EnumType {
  let values: ReadonlyMap<string, bigint> | undefined;
  return {
    kind: 'enum',
    tag: type.name,
    size: type.size as EnumType['size'],
    signed: type.signed,
    get enumerators() {
      values ??= new Map(type.values.map(({ name, value }) => [name, BigInt(value)]));
      return values;
    },
  };
}

/** The types of one BTF as the language sees them, each converted once. Ids of the base go to `base`. */
export class BtfTypes implements MemberTypes {
  readonly #cache = new Map<number, Type>();

  constructor(
    readonly btf: Btf,
    readonly module?: string,
    readonly base?: BtfTypes,
  ) {}

  typeOf(id: number): Type {
    if (this.base !== undefined && id < this.btf.firstId) return this.base.typeOf(id);
    let type = this.#cache.get(id);
    if (type === undefined) {
      type = this.#convert(this.btf.type(id));
      this.#cache.set(id, type);
    }
    return type;
  }

  integer(id: number): BtfInt | undefined {
    const type = this.btf.resolve(id);
    return type.kind === 'int' ? type : undefined;
  }

  #convert(type: BtfType): Type {
    switch (type.kind) {
      case 'int':
        return integerType(type);
      case 'float':
        return { kind: 'float', name: type.name, size: type.size };
      case 'ptr':
        return this.#pointer(type.type);
      case 'array':
        return { kind: 'array', of: this.typeOf(type.element), length: type.length };
      case 'struct':
      case 'union':
        return new LazyRecord(type, this, {
          id: type.id,
          ...(this.module !== undefined && { module: this.module }),
        });
      case 'fwd':
        return { kind: type.of, tag: type.name, size: undefined, align: 1, members: undefined };
      case 'enum':
      case 'enum64':
        return enumType(type);
      case 'typedef':
        return this.#typedef(type.name, type.type);
      case 'func_proto':
        return this.#function(type);
      case 'const':
      case 'volatile':
      case 'restrict':
      case 'type_tag':
      case 'func':
      case 'var':
        return this.typeOf(type.type);
      default:
        return VOID;
    }
  }

  /** Targets are converted when looked at: a list head would otherwise bring in half of the kernel. */
  #pointer(target: number): PointerType {
    const typeOf = () => this.typeOf(target);
    const pointed = this.btf.type(target);
    const user = pointed.kind === 'type_tag' && pointed.name === USER_TAG;
    return {
      kind: 'pointer',
      get to() {
        return typeOf();
      },
      ...(user && { space: 'user' as const }),
    };
  }

  #typedef(name: string, target: number): Type {
    const typeOf = () => this.typeOf(target);
    return {
      kind: 'typedef',
      name,
      get to() {
        return typeOf();
      },
    };
  }

  #function(proto: BtfFuncProto): FunctionType {
    const typeOf = (id: number) => this.typeOf(id);
    return {
      kind: 'function',
      variadic: proto.variadic,
      get returns() {
        return typeOf(proto.returns);
      },
      get parameters() {
        return proto.params.map((parameter) => typeOf(parameter.type));
      },
    };
  }
}
