import type { Probe, ProbeName } from './probe.js';

export type Stability =
  | 'Internal'
  | 'Private'
  | 'Obsolete'
  | 'External'
  | 'Unstable'
  | 'Evolving'
  | 'Stable'
  | 'Standard';
export type DependencyClass = 'Unknown' | 'CPU' | 'Platform' | 'Group' | 'ISA' | 'Common';

export interface Attributes {
  readonly name: Stability;
  readonly data: Stability;
  readonly class: DependencyClass;
}

/** Attributes of a provider's elements, as reported by `-v` and `-lv`. */
export interface ProviderAttributes {
  readonly provider: Attributes;
  readonly module: Attributes;
  readonly function: Attributes;
  readonly name: Attributes;
  readonly args: Attributes;
}

/** Four patterns (shell globs; empty matches everything). */
export type ProbePattern = ProbeName;

/** Every probe of a provider by number, for one that has too many to make them all. */
export interface ProbeListing {
  readonly length: number;
  at(index: number): Probe | undefined;
  /** Numbers of the probes that match, ascending; the provider's own name is matched already. */
  matching(pattern: ProbePattern): Iterable<number>;
}

/** A probe that the kernel cannot have, and why, in one line. */
export interface MissingProbe {
  readonly name: string;
  readonly reason: string;
}

/**
 * A provider lists probes; it attaches nothing and emits no code.
 * Registered in the container under the `PROVIDER` token (see plugins/tokens.ts).
 */
export interface Provider {
  readonly name: string;
  readonly attributes: ProviderAttributes;
  /**
   * Providers are listed in ascending order of weight, then of registration; default 0. Probe ids count in that
   * order, so a provider with very many or slowly found probes takes a large one and delays nobody else.
   */
  readonly weight?: number;
  /**
   * Every probe that the pattern may match, cheapest first stop: an implementation may return more than match
   * (the registry filters), and may create probes on demand for a literal name (`profile-123hz`).
   * Must yield in a stable order: probe ids are counted from it.
   */
  probes(pattern: ProbePattern): Iterable<Probe>;
  /** Instead of `probes`, where there are very many; nothing is made on demand then. */
  listing?(): ProbeListing;
  /** Answers for provider names other than `name` (pid123). Default: exact or glob match on `name`. */
  answers?(providerPattern: string): boolean;
  /**
   * Its probes are exactly what it was asked for and are taken as they come: it knows names by which a probe can be asked
   * for besides the four it has (`a.out`, `libc` for `libc.so.6`).
   */
  readonly matchesItself?: boolean;
  /**
   * Where probes come and go while the machine runs: a text, quickly made, that changes when the pattern may match more
   * than before. The probes that it then matches besides are traced from then on.
   */
  state?(pattern: ProbePattern): string | undefined;
  /** Why a pattern that it answers for matches nothing, in one line, where it can tell. */
  explain?(pattern: ProbePattern): string | undefined;
  /**
   * Every probe name there can be, where that is a short list: a description that wants another one (`BEGIN`) then
   * does not make the provider list its probes.
   */
  readonly probeNames?: readonly string[];
  /** What `-lv` adds about a probe, in lines of text: when it fires, what its arguments are. */
  describe?(probe: Probe): string | undefined;
  /** Why this provider lists nothing, in one line, when that is so; undefined when it works. */
  unavailable?(): string | undefined;
  /** Probes it would list on another kernel. */
  missing?(): readonly MissingProbe[];
}
