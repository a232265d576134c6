import { type NameMatcher, nameMatcher, type ProbeListing, type ProbePattern } from '@dtrace/core/provider';
import type { FunctionGroup } from './functions.js';
import { FunctionProbe, type ProbeMaker } from './probe.js';

const AT = ['entry', 'return'] as const;

/**
 * Probes by number, without a hundred thousand objects: a function's entry and return follow each other, and are made when
 * somebody asks.
 */
export class FunctionListing implements ProbeListing {
  readonly length: number;
  readonly #maker: ProbeMaker;
  readonly #groups: readonly {
    readonly first: number;
    readonly width: number;
    readonly group: FunctionGroup;
  }[];

  constructor(maker: ProbeMaker, groups: readonly FunctionGroup[]) {
    this.#maker = maker;
    let first = 0;
    this.#groups = groups.map((group) => {
      const placed = { first, width: group.entryOnly ? 1 : AT.length, group };
      first += placed.width * group.names.length;
      return placed;
    });
    this.length = first;
  }

  at(index: number): FunctionProbe | undefined {
    const placed = this.#groups.findLast(({ first }) => first <= index);
    const name = placed?.group.names[Math.floor((index - placed.first) / placed.width)];
    if (placed === undefined || name === undefined) return undefined;
    return new FunctionProbe(this.#maker, placed.group, name, AT[(index - placed.first) % placed.width]!);
  }

  *matching(pattern: ProbePattern): Generator<number> {
    const [module, name] = [nameMatcher(pattern.module), nameMatcher(pattern.name)];
    const wanted: NameMatcher = nameMatcher(pattern.function);
    const places = AT.flatMap((at, i) => (name(at) ? [i] : []));
    for (const { first, width, group } of this.#groups) {
      if (!module(group.module)) continue;
      const { names } = group;
      for (let i = 0; i < names.length; i++) {
        if (!wanted(names[i]!)) continue;
        for (const place of places) if (place < width) yield first + i * width + place;
      }
    }
  }
}
