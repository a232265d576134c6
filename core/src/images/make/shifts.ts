/** By how much each quantity is moved in one of the worlds that a program is compiled for. */
import { type Quantity, quantityKey } from '../quantity.js';

/** Places move by whole words, so that nothing changes but where it is. */
export const WORD = 8;

const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** A number of 32 bits that looks like chance, and is the same each time. */
function hash(text: string, seed: number): number {
  let value = FNV_START ^ Math.imul(seed + 1, 0x9e3779b1);
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), FNV_PRIME);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
  return (value ^ (value >>> 15)) >>> 0;
}

export interface Moved {
  readonly quantity: Quantity;
  /** What it is in this world, and by how much that is more than in ours. */
  readonly value: bigint;
  readonly shift: number;
}

/** One world: every quantity that was asked for, and how it was moved. */
export class Shifts {
  readonly moved = new Map<string, Moved>();
  /** What could not be moved: it has to be the same wherever the image runs. */
  readonly pinned = new Map<string, Quantity>();

  constructor(private readonly seed: number) {}

  /** From 0 to `below` - 1. */
  draw(name: string, below: number): number {
    return hash(name, this.seed) % below;
  }

  note(quantity: Quantity, value: number | bigint, shift: number): void {
    const key = quantityKey(quantity);
    if (!this.moved.has(key)) this.moved.set(key, { quantity, value: BigInt(value), shift });
  }

  find(quantity: Quantity): Moved | undefined {
    return this.moved.get(quantityKey(quantity));
  }

  pin(quantity: Quantity): void {
    this.pinned.set(quantityKey(quantity), quantity);
  }
}
