/** Where a bit field is read: the unit that holds it, and its place in there. */
import type { Member } from '../types.js';
import { sizeOf } from './queries.js';

export interface BitFieldPlace {
  /** Bytes from the start of the record to the unit. */
  readonly unit: number;
  /** Bytes of the unit. */
  readonly size: number;
  /** The first bit, counted from the lowest of the unit. */
  readonly bit: number;
}

/** A bit field lies in the unit of its type unless packing made it cross that unit's end. */
export function bitFieldPlace({ type, bitOffset, bitSize = 0 }: Member): BitFieldPlace {
  const own = sizeOf(type, 0) ?? 8;
  const fitting = [own, 8].find((bytes) => (bitOffset % (bytes * 8)) + bitSize <= bytes * 8);
  const size = fitting ?? 8;
  const unit = fitting === undefined ? Math.floor(bitOffset / 8) : Math.floor(bitOffset / (size * 8)) * size;
  return { unit, size, bit: bitOffset - unit * 8 };
}
