/** What a quantity is on a machine. */
import type { Host } from '../host/host.js';
import { bitFieldPlace } from '../language/types/bit-field.js';
import { asRecord, findMember, resolve, sizeOf } from '../language/types/queries.js';
import type { Member, RecordType, Type, TypeSource } from '../language/types.js';
import { tracepointParameters } from '../probes/site-kinds/raw-tracepoint.js';
import { ImageError } from './image-error.js';
import {
  type ArgumentPlace,
  type Quantity,
  quantityText,
  type TypePath,
  type TypeRoot,
  UNNAMED,
} from './quantity.js';
import { argumentShape, typeShape } from './type-shape.js';

export interface Resolved {
  readonly value: bigint;
  /** What it is the value of: see `typeShape`. */
  readonly shape?: string;
}

export interface ImageMachine {
  readonly host: Pick<Host, 'types' | 'cpus'>;
  readonly macros: Readonly<Record<string, bigint>>;
}

const missing = (quantity: Quantity): ImageError =>
  new ImageError(`this kernel does not have ${quantityText(quantity)}, which the image needs`);

function rootType(types: TypeSource, { kind, name, module }: TypeRoot): Type | undefined {
  return kind === 'typedef' ? types.findTypedef(name, module) : types.findRecord(kind, name, module);
}

interface Step {
  readonly type: Type;
  /** Bits from the record or array before it; 0 through pointers and to an array's first element. */
  readonly bits: number;
  readonly member?: Member;
}

/** The member without a name that has one of this name in it. */
function unnamedMember(record: RecordType, name: string): Member | undefined {
  return record.members?.find((member) => {
    const inner = member.name === '' ? asRecord(member.type) : undefined;
    return inner !== undefined && findMember(inner, name) !== undefined;
  });
}

function take(type: Type, step: string): Step | undefined {
  const bare = resolve(type);
  if (step === '[]') return bare.kind === 'array' ? { type: bare.of, bits: 0 } : undefined;
  if (step === '*') return bare.kind === 'pointer' ? { type: bare.to, bits: 0 } : undefined;
  const record = asRecord(type);
  const member =
    record && (step.startsWith(UNNAMED) ? unnamedMember(record, step.slice(1)) : findMember(record, step));
  return member && { type: member.type, bits: member.bitOffset, member };
}

function follow(types: TypeSource, { root, steps }: TypePath): readonly Step[] | undefined {
  const start = rootType(types, root);
  if (start === undefined) return undefined;
  const way: Step[] = [];
  let type = start;
  for (const name of steps) {
    const step = take(type, name);
    if (step === undefined) return undefined;
    way.push(step);
    type = step.type;
  }
  return way;
}

/** The bits of a bit field, the bytes of the unit it is read with, and whether it ends that, are part of what it is. */
function memberShape(member: Member): string {
  const shape = typeShape(member.type);
  const { bitSize } = member;
  if (bitSize === undefined) return shape;
  const { size, bit } = bitFieldPlace(member);
  return `${shape}:${bitSize}/${size}${bit + bitSize === size * 8 ? '.' : ''}`;
}

function ofMember(quantity: Quantity & { readonly path: TypePath }, types: TypeSource): Resolved | undefined {
  const { path, kind } = quantity;
  const way = follow(types, path);
  if (way === undefined) return undefined;
  const last = way.at(-1);
  if (kind === 'size') {
    const type = last?.type ?? rootType(types, path.root);
    const size = type && sizeOf(type, 0);
    return size === undefined ? undefined : { value: BigInt(size) };
  }
  if (last === undefined) return undefined;
  const { member, type } = last;
  const from = 'from' in quantity ? quantity.from : way.length - 1;
  const before = way.slice(from, -1).reduce((sum, { bits }) => sum + bits, 0);
  const shape = member === undefined ? typeShape(type) : memberShape(member);
  if (kind === 'position') return { value: BigInt(before + last.bits), shape };
  if (member?.bitSize === undefined)
    return kind === 'bit' ? undefined : { value: BigInt((before + last.bits) / 8), shape };
  const { unit, bit } = bitFieldPlace(member);
  return { value: BigInt(kind === 'bit' ? bit : before / 8 + unit), shape };
}

function argumentOf(
  { kind, name, module }: ArgumentPlace,
  index: number,
  types: TypeSource,
): Resolved | undefined {
  if (kind === 'result') {
    const type = types.findFunction(name, module);
    // Where a result lies can depend on the parameters.
    return type && { value: 0n, shape: [type.returns, ...type.parameters].map(argumentShape).join() };
  }
  const parameters =
    kind === 'tracepoint' ? tracepointParameters(name, types) : types.findFunction(name, module)?.parameters;
  const type = parameters?.[index];
  return type && { value: 0n, shape: argumentShape(type) };
}

function find(quantity: Quantity, { host, macros }: ImageMachine): Resolved | undefined {
  const { types } = host;
  switch (quantity.kind) {
    case 'enumerator': {
      const { tag, name } = quantity;
      if (tag === undefined) {
        const found = types.findEnumerator(name);
        return found && { value: found.value };
      }
      const type = types.findEnum(tag);
      const value = type && 'enumerators' in type ? type.enumerators?.get(name) : undefined;
      return value === undefined ? undefined : { value };
    }
    case 'address': {
      const address = types.findSymbol(quantity.symbol, quantity.module)?.address;
      return address === undefined ? undefined : { value: address };
    }
    case 'argument':
      return argumentOf(quantity.place, quantity.index, types);
    case 'cpus':
      return { value: BigInt(host.cpus) };
    case 'macro': {
      const value = macros[quantity.name];
      return value === undefined ? undefined : { value };
    }
    default:
      return ofMember(quantity, types);
  }
}

/** Throws an `ImageError` where the machine has nothing of the kind. */
export function resolveQuantity(quantity: Quantity, machine: ImageMachine): Resolved {
  const found = find(quantity, machine);
  if (found === undefined) throw missing(quantity);
  return found;
}
