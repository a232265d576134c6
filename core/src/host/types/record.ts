import type { BtfComposite, BtfInt, BtfMember } from 'ebpf-napi/btf';
import type { Member, RecordType, Type } from '../../language/types.js';

/** What a record needs of the BTF it is in. */
export interface MemberTypes {
  typeOf(id: number): Type;
  /** The integer behind typedefs and qualifiers, if the type is one. */
  integer(id: number): BtfInt | undefined;
}

const BITS = 8;

/** Old compilers describe a bit field by an integer of fewer bits than its bytes hold. */
function memberOf(member: BtfMember, types: MemberTypes): Member {
  const base = { name: member.name, type: types.typeOf(member.type), bitOffset: member.bitOffset };
  if (member.bitfieldSize > 0) return { ...base, bitSize: member.bitfieldSize };
  const integer = types.integer(member.type);
  if (integer === undefined || (integer.bits === integer.size * BITS && integer.bitOffset === 0)) return base;
  return { ...base, bitOffset: member.bitOffset + integer.bitOffset, bitSize: integer.bits };
}

export function alignmentOf(type: Type): number {
  switch (type.kind) {
    case 'integer':
    case 'enum':
    case 'float':
      return Math.min(type.size, 16);
    case 'pointer':
      return 8;
    case 'array':
      return alignmentOf(type.of);
    case 'typedef':
      return alignmentOf(type.to);
    case 'struct':
    case 'union':
      return type.align;
    default:
      return 1;
  }
}

/** BTF does not tell alignment: it is the largest of the members', unless the layout shows the record packed. */
export function recordAlignment(members: readonly Member[], size: number): number {
  let align = 1;
  for (const member of members) {
    if (member.bitSize !== undefined) continue;
    const own = alignmentOf(member.type);
    if (member.bitOffset % (own * BITS) === 0) align = Math.max(align, own);
  }
  while (align > 1 && size % align !== 0) align /= 2;
  return align;
}

/** A struct or union whose members are converted when first looked at: kernel records reach everywhere. */
export class LazyRecord implements RecordType {
  readonly kind: 'struct' | 'union';
  readonly tag: string;
  readonly size: number;
  readonly #composite: BtfComposite;
  readonly #types: MemberTypes;
  #members: readonly Member[] | undefined;
  #align: number | undefined;

  constructor(
    composite: BtfComposite,
    types: MemberTypes,
    readonly btf: { readonly id: number; readonly module?: string },
  ) {
    this.kind = composite.kind;
    this.tag = composite.name;
    this.size = composite.size;
    this.#composite = composite;
    this.#types = types;
  }

  get members(): readonly Member[] {
    this.#members ??= this.#composite.members.map((member) => memberOf(member, this.#types));
    return this.#members;
  }

  get align(): number {
    this.#align ??= recordAlignment(this.members, this.size);
    return this.#align;
  }
}
