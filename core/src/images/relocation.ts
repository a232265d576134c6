/** Numbers of an image that are others on other machines, and how they are found out. Plain data, part of the file. */
import { ImageError } from './image-error.js';
import type { PlainNumber } from './numbers.js';
import { type Quantity, quantityText } from './quantity.js';
import { type ImageMachine, resolveQuantity } from './resolve.js';
import { shapeText } from './type-shape.js';

/** A quantity as it was where the image was made. */
export interface Known {
  readonly quantity: Quantity;
  /** In the image's numbers. */
  readonly value: bigint;
  /** On the machine. */
  readonly real: bigint;
  readonly shape?: string;
}

/** A quantity that is another here than where the image was made. */
export interface Moved {
  readonly quantity: Quantity;
  readonly was: bigint;
  readonly is: bigint;
}

/** A number grows by `times / per` of what the quantity (by its place in the list) has grown. */
export interface Term {
  readonly quantity: number;
  readonly times: number;
  readonly per: number;
}

export interface Relocation {
  /** Which of the numbers. */
  readonly at: number;
  readonly terms: readonly Term[];
}

export interface Relocations {
  readonly quantities: readonly Known[];
  /** Of the instructions of each program, and of the rest. */
  readonly code: readonly (readonly Relocation[])[];
  readonly data: readonly Relocation[];
  /** What has to be as it was. */
  readonly pinned: readonly Known[];
}

function checkShape({ quantity, shape }: Known, found: string | undefined): void {
  if (shape === found) return;
  throw new ImageError(
    `${quantityText(quantity)} is ${shapeText(found ?? '')} on this kernel, and ${shapeText(shape ?? '')} in the image`,
  );
}

/** What each quantity is here; those that are `dispensable` may be unknown to this machine, and stay. */
export function realValues(
  { quantities, pinned }: Relocations,
  machine: ImageMachine,
  dispensable: (index: number) => boolean,
): readonly bigint[] {
  for (const known of pinned) {
    const { value, shape } = resolveQuantity(known.quantity, machine);
    checkShape(known, shape);
    if (value !== known.real)
      throw new ImageError(
        `${quantityText(known.quantity)} is at ${value} on this kernel, and has to be at ${known.real} for the image`,
      );
  }
  return quantities.map((known, index) => {
    try {
      const { value, shape } = resolveQuantity(known.quantity, machine);
      checkShape(known, shape);
      return value;
    } catch (error) {
      if (error instanceof ImageError && dispensable(index)) return known.real;
      throw error;
    }
  });
}

/** What a number grows by. */
function growth({ terms }: Relocation, growths: readonly bigint[]): bigint {
  let sum = 0n;
  for (const { quantity, times, per } of terms) {
    const whole = BigInt(times) * (growths[quantity] ?? 0n);
    if (whole % BigInt(per) !== 0n) throw new ImageError('a relocation of the image does not come out even');
    sum += whole / BigInt(per);
  }
  return sum;
}

/** For `mapNumbers`. */
export function relocated(
  relocations: readonly Relocation[],
  grown: readonly bigint[],
): (value: PlainNumber, index: number) => PlainNumber {
  const byIndex = new Map(relocations.map((relocation) => [relocation.at, relocation]));
  return (value, index) => {
    const relocation = byIndex.get(index);
    if (relocation === undefined) return value;
    const sum = BigInt(value) + growth(relocation, grown);
    return typeof value === 'bigint' ? BigInt.asIntN(64, sum) : Number(sum);
  };
}
