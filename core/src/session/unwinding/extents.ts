/** A part of an array. */
export interface Extent {
  readonly first: number;
  readonly count: number;
}

/** Gives out parts of an array and takes them back. */
export class Extents {
  /** Ascending, none next to another. */
  #free: Extent[];

  constructor(all: Extent) {
    this.#free = [all];
  }

  /** Undefined: there is no such part left. */
  take(count: number): Extent | undefined {
    const at = this.#free.findIndex((extent) => extent.count >= count);
    const found = this.#free[at];
    if (found === undefined) return undefined;
    const rest = { first: found.first + count, count: found.count - count };
    this.#free.splice(at, 1, ...(rest.count > 0 ? [rest] : []));
    return { first: found.first, count };
  }

  giveBack(extent: Extent): void {
    const merged: Extent[] = [];
    for (const next of [...this.#free, extent].sort((a, b) => a.first - b.first)) {
      const last = merged.at(-1);
      if (last !== undefined && last.first + last.count === next.first)
        merged.splice(-1, 1, { first: last.first, count: last.count + next.count });
      else if (next.count > 0) merged.push(next);
    }
    this.#free = merged;
  }
}
