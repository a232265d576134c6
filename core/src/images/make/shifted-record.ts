/**
 * A kernel record whose members are elsewhere: as far apart as before or farther, in the same order, so that the
 * compiler finds the same things possible. A record inside of another is moved on its own.
 */
import { bitFieldPlace } from '../../language/types/bit-field.js';
import type { Member, RecordType, Type } from '../../language/types.js';
import { type TypePath, UNNAMED } from '../quantity.js';
import { type Shifts, WORD } from './shifts.js';

/** Where something lies: the path to it, and how far it is from the starts of the records around it. */
export interface Place {
  readonly path: TypePath;
  readonly starts: readonly Start[];
  /** Part of so long an array that moving it would lead out of what instructions reach. */
  readonly pinned: boolean;
}

interface Start {
  /** From the start, the path to the place: records without a name are steps only where they are what begins. */
  readonly path: TypePath;
  readonly from: number;
  /** Bits, as they are and how much more than that. */
  readonly bits: number;
  readonly shift: number;
}

/** Makes the type of a member; it knows its way. */
export type Inside = (type: Type, place: Place) => Type;

/** Elements together may grow by so many bytes. */
const MOST_GROWTH = 4096;
/** Words between members: as many draws for the first of a record, and for those after it. */
const FIRST_GAPS = 4;
const NEXT_GAPS = 2;

const startAt = (path: TypePath): Start => ({ path, from: path.steps.length, bits: 0, shift: 0 });

export const rootPlace = (path: TypePath): Place => ({ path, starts: [startAt(path)], pinned: false });

const extended = ({ root, steps }: TypePath, step: string): TypePath => ({ root, steps: [...steps, step] });

/** A step further, and so many bits. */
const further = ({ path, from, bits, shift }: Start, step: string | undefined, by: Shift): Start => ({
  path: step === undefined ? path : extended(path, step),
  from,
  bits: bits + by.bits,
  shift: shift + by.shift,
});

interface Shift {
  readonly bits: number;
  readonly shift: number;
}

const NOWHERE: Shift = { bits: 0, shift: 0 };

/** What a pointer leads to begins anew. */
export function behindPointer({ path }: Place): Place {
  return rootPlace(extended(path, '*'));
}

export function elementPlace(place: Place, length: number, of: Type): Place {
  const path = extended(place.path, ELEMENT);
  return {
    path,
    // The first element is where the array is.
    starts: place.starts.map((start) => further(start, ELEMENT, NOWHERE)),
    pinned: place.pinned || mostGrowth(of) * length > MOST_GROWTH,
  };
}

const ELEMENT = '[]';

const known = new WeakMap<Type, number>();

/** Bytes by which a type may grow in any world. */
function mostGrowth(type: Type): number {
  switch (type.kind) {
    case 'typedef':
      return mostGrowth(type.to);
    case 'array':
      return mostGrowth(type.of) * (type.length ?? 0);
    case 'struct':
    case 'union': {
      let most = known.get(type);
      if (most === undefined) {
        most = WORD * FIRST_GAPS;
        for (const member of type.members ?? []) most += WORD * NEXT_GAPS + mostGrowth(member.type);
        known.set(type, most + WORD * FIRST_GAPS);
      }
      return most;
    }
    default:
      return 0;
  }
}

/** Bytes by which a type in a record is larger than it was. */
function growthOf(type: Type): number {
  if (type instanceof ShiftedRecord) return type.growth;
  if (type.kind === 'typedef') return growthOf(type.to);
  if (type.kind === 'array') return growthOf(type.of) * (type.length ?? 0);
  return 0;
}

interface Layout {
  readonly members: readonly Member[];
  readonly growth: number;
}

export class ShiftedRecord implements RecordType {
  readonly kind: 'struct' | 'union';
  readonly tag: string;
  readonly align: number;
  #layout: Layout | undefined;

  constructor(
    private readonly of: RecordType,
    private readonly place: Place,
    private readonly shifts: Shifts,
    private readonly inside: Inside,
  ) {
    this.kind = of.kind;
    this.tag = of.tag;
    this.align = of.align;
  }

  get size(): number | undefined {
    const { size } = this.of;
    if (size === undefined) return undefined;
    const quantity = { kind: 'size', path: this.place.path } as const;
    if (this.place.pinned) this.shifts.pin(quantity);
    else this.shifts.note(quantity, size + this.growth, this.growth);
    return size + this.growth;
  }

  get members(): readonly Member[] | undefined {
    return this.of.members && this.#laidOut.members;
  }

  get growth(): number {
    return this.#laidOut.growth;
  }

  get #laidOut(): Layout {
    this.#layout ??= this.place.pinned ? this.#leave() : this.#move();
    return this.#layout;
  }

  /** For draws. */
  #name(index: number): string {
    return `${JSON.stringify(this.place.path)} ${index}`;
  }

  #leave(): Layout {
    return { members: (this.of.members ?? []).map((member) => this.#member(member, 0, 0)), growth: 0 };
  }

  #move(): Layout {
    const members: Member[] = [];
    let room = WORD;
    let end = 0;
    for (const [index, member] of (this.of.members ?? []).entries()) {
      // Unions have no order to keep. Elsewhere the second of two neighbours may keep its distance.
      const gap =
        WORD *
        this.shifts.draw(this.#name(index), this.kind === 'union' || index === 0 ? FIRST_GAPS : NEXT_GAPS);
      const shift = this.kind === 'union' ? WORD + gap : room + gap;
      const bit = this.#freeBits(member, index);
      const moved = this.#member(member, shift, bit);
      members.push(moved);
      room = shift + growthOf(moved.type);
      end = Math.max(end, room);
    }
    return { members, growth: end + WORD * this.shifts.draw(this.#name(-1), FIRST_GAPS) };
  }

  /** Bits by which a bit field can move in its unit. */
  #freeBits(member: Member, index: number): number {
    const { bitSize } = member;
    if (bitSize === undefined) return 0;
    const { size, bit } = bitFieldPlace(member);
    return this.shifts.draw(`${this.#name(index)} bit`, Math.max(1, size * 8 - bit - bitSize + 1));
  }

  #member(member: Member, bytes: number, bits: number): Member {
    const { name, bitOffset, bitSize } = member;
    const by: Shift = { bits: bitOffset, shift: bytes * 8 + bits };
    const { path, starts, pinned } = this.place;
    const step = name === '' ? `${UNNAMED}${firstName(member.type)}` : name;
    // What has a name is found by it, however deep in records without one.
    const own = extended(name === '' ? path : starts[0]!.path, step);
    // Members of a record without a name are those of the record around it.
    const inner: Place = {
      path: own,
      starts: [...starts.map((start) => further(start, name === '' ? undefined : name, by)), startAt(own)],
      pinned,
    };
    const tell = () => {
      this.#tell(
        starts.map((start) => further(start, step, by)),
        bits,
        member,
      );
      return by.bits + by.shift;
    };
    return {
      name,
      type: this.inside(member.type, inner),
      get bitOffset() {
        return tell();
      },
      ...(bitSize !== undefined && { bitSize }),
    };
  }

  /** The place of a member has been asked for. */
  #tell(places: readonly Start[], bits: number, member: Member): void {
    const { shifts } = this;
    const isBitField = member.bitSize !== undefined;
    for (const { path, from, bits: at, shift } of places) {
      const quantity = { kind: 'offset', path, from } as const;
      if (this.place.pinned) {
        shifts.pin(quantity);
        continue;
      }
      if (!isBitField) {
        shifts.note(quantity, (at + shift) / 8, shift / 8);
        continue;
      }
      const { unit } = bitFieldPlace({ ...member, bitOffset: member.bitOffset + shift });
      shifts.note(quantity, (at - member.bitOffset) / 8 + unit, (shift - bits) / 8);
      shifts.note({ ...quantity, kind: 'position' }, at + shift, shift);
    }
    const [first] = places;
    if (!isBitField || this.place.pinned || first === undefined) return;
    shifts.note({ kind: 'bit', path: first.path }, bitFieldPlace(member).bit + bits, bits);
  }
}

function firstName(type: Type): string {
  const members = type.kind === 'struct' || type.kind === 'union' ? type.members : undefined;
  for (const member of members ?? []) {
    const name = member.name === '' ? firstName(member.type) : member.name;
    if (name !== '') return name;
  }
  return '';
}
