/** What the language needs to know of the world, as interfaces: rooms further down implement them. */
import type { ProbeDescription, ProbeNumber } from './ast.js';
import type { Type, TypeSource } from './types.js';

/** What the checker may know of the probes that one description matches. */
export interface ProbeFacts {
  /** Number of probes matched; 0 is D_PDESC_ZERO unless -Z. */
  readonly count: number;
  /**
   * Types of args[]: undefined when the matched probes disagree (D_ARGS_MULTI), empty when the provider
   * types none (D_ARGS_NONE). Elements are the types scripts see; `native` is what the probe itself carries
   * when a translator leads from one to the other.
   */
  readonly args: readonly ArgumentFacts[] | undefined;
  /** As shown in messages: the first match. */
  readonly name: string;
  /** Why there is none, where that is known. */
  readonly whyNone?: () => string | undefined;
}

/** One of args[]. */
export interface ArgumentFacts {
  readonly type: Type;
  readonly native?: Type;
  /** Why it has no value. */
  readonly missing?: string;
}

export interface CheckContext {
  readonly types: TypeSource;
  probes(description: ProbeDescription | ProbeNumber): ProbeFacts;
  /** Parses a C type text found in probe descriptions. Supplied back by the checker's own `parseTypeName`. */
  readonly macros: MacroValues;
  readonly options: CheckOptions;
  /** false: a main program, which may not name libraries it depends on. Absent: not judged. */
  readonly library?: boolean;
  /** Whether a `#pragma D depends_on` is met. Absent: all are. */
  dependency?(kind: 'provider' | 'module', name: string): boolean;
}

export interface CheckOptions {
  /** Bytes that hold any string, its end included. */
  readonly strsize: number;
  /** Bytes that alloca() and copyin() of one clause may ask for; 256 where not given. */
  readonly scratchsize?: number;
  /** -Z: descriptions may match nothing. */
  readonly zeroMatches: boolean;
  /** -w */
  readonly destructive: boolean;
  /** -x defaultargs: missing macro arguments are 0 or "". */
  readonly defaultArguments: boolean;
}

/** $name → value. `arguments[0]` is $0. */
export interface MacroValues {
  readonly named: Readonly<Record<string, bigint>>;
  readonly arguments: readonly string[];
}
