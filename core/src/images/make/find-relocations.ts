/**
 * Which numbers of an image depend on what. The compiler is pure, so it is asked: a program is compiled for several
 * worlds in each of which every quantity is moved by another distance. A number that is another in each has, over all the
 * worlds, the pattern of the quantities it came from, through whatever the compiler did to them. Whether all has been
 * understood shows in a last world, for which the image is both compiled and relocated.
 */
import { ImageError } from '../image-error.js';
import { numbersOf, type PlainNumber, skeleton } from '../numbers.js';
import { type Quantity, quantityKey, quantityText } from '../quantity.js';
import type { Relocation, Term } from '../relocation.js';
import type { Shifts } from './shifts.js';

type Pattern = readonly number[];

interface Candidate {
  readonly quantity: Quantity;
  readonly pattern: Pattern;
}

function divisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : divisor(b, a % b);
}

const common = (pattern: Pattern): number => pattern.reduce(divisor, 0);
const isZero = (pattern: Pattern): boolean => pattern.every((each) => each === 0);
const minus = (a: Pattern, b: Pattern, times = 1): Pattern => a.map((each, i) => each - times * b[i]!);

/** Patterns that are multiples of each other have the same direction. */
function direction(pattern: Pattern): { readonly key: string; readonly length: number } {
  const first = pattern.find((each) => each !== 0) ?? 1;
  const length = common(pattern) * Math.sign(first);
  return { key: pattern.map((each) => each / length).join(), length };
}

/** Distances are taken from the first world, whose image is the one that is kept. */
function candidatesOf(worlds: readonly Shifts[]): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const [key, { quantity, shift }] of worlds[0]!.moved) {
    const others = worlds.map(({ moved }) => moved.get(key)?.shift);
    const pattern = others.map((other) => (other ?? shift) - shift);
    if (!isZero(pattern)) found.push({ quantity, pattern });
  }
  return found;
}

/** Quantities by the direction in which they moved. */
class Directions {
  readonly #known = new Map<string, { readonly candidate: Candidate; readonly length: number }[]>();

  constructor(readonly candidates: readonly Candidate[]) {
    for (const candidate of candidates) {
      const { key, length } = direction(candidate.pattern);
      const alike = this.#known.get(key);
      if (alike === undefined) this.#known.set(key, [{ candidate, length }]);
      else alike.push({ candidate, length });
    }
  }

  /** Undefined: nothing moved so. Several: the worlds have to be others. */
  find(pattern: Pattern): Part | undefined {
    const { key, length } = direction(pattern);
    const alike = this.#known.get(key);
    const [found] = alike ?? [];
    if (found === undefined) return undefined;
    if (alike!.some(({ candidate }) => !sameMeaning(candidate.quantity, found.candidate.quantity)))
      throw new Ambiguous(
        `these cannot be told apart: ${alike!.map(({ candidate }) => quantityText(candidate.quantity)).join(', ')}`,
      );
    const shared = divisor(length, found.length);
    return {
      quantity: found.candidate.quantity,
      times: (length / shared) * Math.sign(found.length),
      per: Math.abs(found.length / shared),
    };
  }
}

/** A bit field that cannot move in its unit is a place like others, and a constant is the same in any enumeration. */
function sameMeaning(a: Quantity, b: Quantity): boolean {
  if (a.kind === 'enumerator' && b.kind === 'enumerator') return a.name === b.name;
  const bare = (quantity: Quantity) =>
    quantityKey(quantity.kind === 'position' ? { ...quantity, kind: 'offset' } : quantity);
  return bare(a) === bare(b);
}

/** The worlds were too alike: others may tell. */
export class Ambiguous extends ImageError {}

interface Part {
  readonly quantity: Quantity;
  readonly times: number;
  readonly per: number;
}

const MOST_PARTS = 4;

/** The quantities that a pattern is the sum of; `likely` are those that were found on their own. */
function takeApart(
  pattern: Pattern,
  directions: Directions,
  likely: readonly Candidate[],
  depth = 1,
): readonly Part[] | undefined {
  const single = directions.find(pattern);
  if (single !== undefined) return [single];
  if (depth === MOST_PARTS) return undefined;
  for (const candidate of likely) {
    const rest = minus(pattern, candidate.pattern);
    const parts = takeApart(rest, directions, likely, depth + 1);
    if (parts !== undefined) return [{ quantity: candidate.quantity, times: 1, per: 1 }, ...parts];
  }
  return undefined;
}

/** A place in an element that is not the first: the way there, and some elements. */
function inArray(pattern: Pattern, directions: Directions): readonly Part[] | undefined {
  for (const { quantity, pattern: way } of directions.candidates) {
    if (quantity.kind !== 'offset' || !quantity.path.steps.slice(quantity.from).includes('[]')) continue;
    const rest = minus(pattern, way);
    if (isZero(rest)) continue;
    const elements = directions.find(rest);
    if (elements?.quantity.kind === 'size' && elements.per === 1)
      return [{ quantity, times: 1, per: 1 }, elements];
  }
  return undefined;
}

export class RelocationFinder {
  readonly #quantities = new Map<string, number>();
  readonly #list: Quantity[] = [];
  readonly #directions: Directions;

  constructor(worlds: readonly Shifts[]) {
    this.#directions = new Directions(candidatesOf(worlds));
  }

  /** Those that relocations refer to, by their number. */
  get quantities(): readonly Quantity[] {
    return this.#list;
  }

  /** Throws an `ImageError` where an image cannot follow the compiler. */
  find(variants: readonly unknown[]): readonly Relocation[] {
    const shapes = new Set(variants.map(skeleton));
    if (shapes.size > 1)
      throw new ImageError('the program is another one where the kernel keeps its data in other places');
    const rows = variants.map(numbersOf);
    const patterns = this.#patterns(rows);
    const parts = new Map<number, readonly Part[] | undefined>();
    for (const [at, pattern] of patterns) {
      const single = this.#directions.find(pattern);
      if (single !== undefined) parts.set(at, [single]);
    }
    const used = new Set([...parts.values()].flatMap((each) => each!.map(({ quantity }) => quantity)));
    const likely = this.#directions.candidates.filter(({ quantity }) => used.has(quantity));
    for (const [at, pattern] of patterns) {
      if (parts.has(at)) continue;
      parts.set(at, inArray(pattern, this.#directions) ?? takeApart(pattern, this.#directions, likely));
    }
    return [...parts].map(([at, found]) => ({ at, terms: this.#terms(found) }));
  }

  #patterns(rows: readonly (readonly PlainNumber[])[]): Map<number, Pattern> {
    const [first, ...others] = rows;
    const patterns = new Map<number, Pattern>();
    for (const [at, value] of first!.entries()) {
      if (others.every((row) => row[at] === value)) continue;
      patterns.set(
        at,
        rows.map((row) => Number(BigInt(row[at]!) - BigInt(value))),
      );
    }
    return patterns;
  }

  #terms(parts: readonly Part[] | undefined): readonly Term[] {
    if (parts === undefined)
      throw new ImageError(
        'the program calculates with places in the kernel in a way that no image can hold',
      );
    return parts.map(({ quantity, times, per }) => ({ quantity: this.#number(quantity), times, per }));
  }

  #number(quantity: Quantity): number {
    const key = quantityKey(quantity);
    let number = this.#quantities.get(key);
    if (number === undefined) {
      number = this.#list.push(quantity) - 1;
      this.#quantities.set(key, number);
    }
    return number;
  }
}
