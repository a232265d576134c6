import { isPattern } from './glob.js';
import { hasName, mayCreate, probeMatcher, providerAnswers } from './matching.js';
import { formatProbeName, type Probe } from './probe.js';
import type { ProbeListing, ProbePattern, Provider } from './provider.js';
import { partThatFails, suggestion } from './why-none.js';

export interface RegisteredProbe {
  readonly id: number;
  readonly probe: Probe;
  readonly provider: Provider;
}

/** A provider that failed while it listed its probes; it is left out from then on. */
export interface ProviderProblem {
  readonly provider: string;
  readonly error: unknown;
}

/**
 * Probes made on demand (profile-123hz, pid123:::entry) are in no listing, so their ids must not depend on how
 * much was listed: they count from here, above every listing.
 */
const FIRST_ON_DEMAND_ID = 900_001;

/** A provider may take so many milliseconds to list its probes: even an emulated machine needs a fraction of it. */
export const LONGEST_LISTING = 20_000;

const EVERYTHING: ProbePattern = { provider: '', module: '', function: '', name: '' };

interface Listing {
  readonly first: number;
  readonly probes: ProbeListing;
}

/** Who names a probe that other kernels have wants to hear why this one has not. */
function whyMissing(provider: Provider, { name }: ProbePattern): string | undefined {
  return provider.missing?.().find((probe) => probe.name === name)?.reason;
}

/** The probes of a provider that simply has them all. */
function listingOf(probes: readonly Probe[]): ProbeListing {
  return {
    length: probes.length,
    at: (index) => probes[index],
    *matching(pattern) {
      const matches = probeMatcher(pattern);
      for (let i = 0; i < probes.length; i++) if (matches(probes[i]!)) yield i;
    },
  };
}

/**
 * All probes of all providers. A probe's id is its place in the complete listing, so that ids of a run are those
 * that `-l` shows; a provider is listed only when its probes or those of a later provider are asked for.
 */
export class ProbeRegistry {
  readonly #providers: readonly Provider[];
  readonly #onProblem: (problem: ProviderProblem) => void;
  readonly #listings: Listing[] = [];
  readonly #onDemand = new Map<string, RegisteredProbe>();
  readonly #onDemandById = new Map<number, RegisteredProbe>();
  readonly #failed = new Set<Provider>();

  /** `now`: milliseconds of some clock. */
  constructor(
    providers: readonly Provider[],
    onProblem: (problem: ProviderProblem) => void = () => {},
    private readonly now: () => number = () => performance.now(),
  ) {
    const weight = (provider: Provider) => provider.weight ?? 0;
    this.#providers = [...providers].sort((a, b) => weight(a) - weight(b));
    this.#onProblem = onProblem;
  }

  /** In the order ids are counted. */
  get providers(): readonly Provider[] {
    return this.#providers;
  }

  /** Whether some provider has probes of that name on this machine. */
  hasProvider(name: string): boolean {
    return this.#providers.some(
      (provider) =>
        (provider.name === name || providerAnswers(provider, name)) && provider.unavailable?.() === undefined,
    );
  }

  /** Probes that a description matches, in the order of ids. `$target` and friends are already replaced. */
  match(pattern: ProbePattern): RegisteredProbe[] {
    return [...this.list(pattern)];
  }

  /** As `match`, one at a time: `-l` prints the first line before the last provider was asked. */
  *list(pattern: ProbePattern = EVERYTHING): Generator<RegisteredProbe> {
    for (const [index, provider] of this.#providers.entries()) {
      if (!providerAnswers(provider, pattern.provider) || !hasName(provider, pattern.name)) continue;
      let found = false;
      const { first, probes } = this.#listing(index);
      for (const i of probes.matching(pattern)) {
        found = true;
        yield { id: first + i, probe: probes.at(i)!, provider };
      }
      if (!found && (provider.matchesItself || mayCreate(pattern))) yield* this.#create(provider, pattern);
    }
  }

  /** A text that is another one when a description may match probes it did not match before; undefined: never. */
  state(pattern: ProbePattern): string | undefined {
    const states = this.#providers.flatMap((provider) =>
      providerAnswers(provider, pattern.provider) ? (provider.state?.(pattern) ?? []) : [],
    );
    return states.length === 0 ? undefined : states.join('\n');
  }

  /** Why a description matches nothing, where its provider can tell. */
  explain(pattern: ProbePattern): string | undefined {
    const asked = this.#providers.filter((provider) => providerAnswers(provider, pattern.provider));
    if (asked.length === 0) {
      const names = this.#providers.map(({ name }) => name);
      return `there is no provider ${pattern.provider}${suggestion(pattern.provider, names)}`;
    }
    for (const provider of asked) {
      // Who names a provider wants to hear of it.
      const unavailable = isPattern(pattern.provider) ? undefined : provider.unavailable?.();
      const why = provider.explain?.(pattern) ?? unavailable ?? whyMissing(provider, pattern);
      if (why !== undefined) return why;
    }
    const everything = { ...EVERYTHING, provider: pattern.provider };
    return partThatFails(
      pattern,
      Array.from(this.list(everything), ({ probe }) => probe),
    );
  }

  byId(id: number): RegisteredProbe | undefined {
    if (id >= FIRST_ON_DEMAND_ID) return this.#onDemandById.get(id);
    for (const [index, provider] of this.#providers.entries()) {
      const { first, probes } = this.#listing(index);
      const probe = id < first ? undefined : probes.at(id - first);
      if (probe !== undefined) return { id, probe, provider };
    }
    return undefined;
  }

  #listing(index: number): Listing {
    for (let next = this.#listings.length; next <= index; next++) {
      const before = this.#listings[next - 1];
      const first = before === undefined ? 1 : before.first + before.probes.length;
      this.#listings.push({ first, probes: this.#listAll(this.#providers[next]!) });
    }
    return this.#listings[index]!;
  }

  #listAll(provider: Provider): ProbeListing {
    if (provider.listing === undefined)
      return listingOf(this.#ask(provider, () => provider.probes(EVERYTHING)));
    return this.#ask(provider, () => [provider.listing!()])[0] ?? listingOf([]);
  }

  *#create(provider: Provider, pattern: ProbePattern): Generator<RegisteredProbe> {
    if (provider.listing !== undefined) return;
    const matches = probeMatcher(pattern);
    for (const probe of this.#ask(provider, () => provider.probes(pattern))) {
      if (!provider.matchesItself && !matches(probe)) continue;
      const name = `${formatProbeName(probe)} ${probe.identity ?? ''}`;
      let registered = this.#onDemand.get(name);
      if (registered === undefined) {
        registered = { id: FIRST_ON_DEMAND_ID + this.#onDemand.size, probe, provider };
        this.#onDemand.set(name, registered);
        this.#onDemandById.set(registered.id, registered);
      }
      yield registered;
    }
  }

  /**
   * A provider's failure is its own: it is reported and the others go on. So is its slowness, which shows between two
   * probes; one that computes for ever without giving any cannot be stopped.
   */
  #ask<T>(provider: Provider, question: () => Iterable<T>): readonly T[] {
    if (this.#failed.has(provider)) return [];
    try {
      return this.#inTime(question());
    } catch (error) {
      this.#failed.add(provider);
      this.#onProblem({ provider: provider.name, error });
      return [];
    }
  }

  #inTime<T>(answers: Iterable<T>): readonly T[] {
    // Whoever has them all needs no more time.
    if (Array.isArray(answers)) return answers;
    const end = this.now() + LONGEST_LISTING;
    const list: T[] = [];
    for (const answer of answers) {
      list.push(answer);
      if (this.now() > end)
        throw new Error(
          `it took longer than ${LONGEST_LISTING / 1000} s to list its probes, and is left out (${list.length} of them so far)`,
        );
    }
    return list;
  }
}
