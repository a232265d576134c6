import type { Type } from '../language/types.js';
import type { ProviderAttributes } from './provider.js';
import type { ProbeSite } from './site.js';

export interface ProbeName {
  readonly provider: string;
  readonly module: string;
  readonly function: string;
  readonly name: string;
}

export function formatProbeName(probe: ProbeName): string {
  return `${probe.provider}:${probe.module}:${probe.function}:${probe.name}`;
}

/**
 * One of args[]. `value` is D over the *site's* own args[] (what the tracepoint, function or timer itself
 * carries); `type` is the C type scripts see before translation, `translated` the type a D library
 * translator turns it into.
 */
export interface ProbeArgument {
  readonly type: string;
  readonly value: string;
  readonly translated?: string;
  /** The type itself, where nobody else knows it by its name: a program's own. */
  readonly known?: Type;
  /** Why there is no value, in a few words that follow `args[0]`. Default: there is one. */
  readonly missing?: string;
}

/**
 * How scripts see a probe's data. Probes that share one object share one layout: providers make one per
 * distinct layout, not one per probe.
 */
export interface ProbeArguments {
  readonly args: readonly ProbeArgument[];
  /** arg0…arg9 as D texts over the site's args[]; shorter lists read as 0. Default: the values of `args`. */
  readonly raw?: readonly string[];
  /** D that declares types and translators which `args` name. What scripts declare themselves counts more. */
  readonly declarations?: string;
  /** Built-in variables this probe knows better than the engine, as D texts: `errno` of a system call. */
  readonly builtins?: Readonly<Record<string, string>>;
  /**
   * The thread this probe is about, where that is not the running one: which of the site's args[] is its task. pid,
   * execname, curthread, self-> and the like are then that thread's. Plainly `args[i]`, and a tracepoint's.
   */
  readonly thread?: string;
}

/**
 * What has to be noted at another place before a probe can tell what it tells: when its wait began. Assignments in D over
 * that place's own args[], to variables that nobody else uses; the probe's guard and arguments read those.
 */
export interface Preparation {
  readonly site: ProbeSite;
  /** Declarations of those variables. */
  readonly declare: string;
  readonly assign: readonly string[];
}

/** What a provider says of one probe: four names, where it is, what it carries. Plain data, no bytecode. */
export interface Probe extends ProbeName {
  readonly site: ProbeSite;
  /** Tells probes of one name apart, where there can be several: static functions, files of one name. */
  readonly identity?: string;
  readonly arguments: ProbeArguments;
  /**
   * The probe can be had in another way that knows more and costs more: taken where some clause uses one of these raw
   * arguments (0 is arg0), or when -x preciseargs asks for it.
   */
  readonly precise?: {
    readonly uses: readonly number[];
    make(): Pick<Probe, 'site' | 'arguments'>;
  };
  readonly prepare?: readonly Preparation[];
  /** What is promised of this probe in particular, in place of what the provider promises of all. */
  readonly promises?: Partial<ProviderAttributes>;
}

export const NO_ARGUMENTS: ProbeArguments = { args: [] };
