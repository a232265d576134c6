import {
  type Host,
  NO_ARGUMENTS,
  type Probe,
  type ProbeArguments,
  type ProbeSite,
  type Provider,
  tracepointArguments,
  UNSTABLE,
} from '@dtrace/core/provider';

/** How a provider names the module of a tracepoint. */
export type ModuleOf = (tracepoint: string, module: string) => string;

/** A tracepoint; its arguments are looked up in the kernel's types when somebody asks. */
class TracepointProbe implements Probe {
  readonly function = '';
  readonly site: ProbeSite;
  #arguments: ProbeArguments | undefined;

  constructor(
    readonly host: Host,
    readonly provider: string,
    readonly module: string,
    readonly name: string,
  ) {
    this.site = { kind: 'raw-tracepoint', tracepoint: name } as ProbeSite;
  }

  get arguments(): ProbeArguments {
    const find = () => {
      const args = tracepointArguments(this.name, this.host.types);
      return args === undefined ? NO_ARGUMENTS : { args };
    };
    this.#arguments ??= find();
    return this.#arguments;
  }
}

/** Every tracepoint of the kernel and its modules as a probe. */
export class TracepointProvider implements Provider {
  readonly attributes = UNSTABLE;
  readonly #host: Host;
  readonly #moduleOf: () => ModuleOf;
  #names: readonly string[] | undefined;

  constructor(
    host: Host,
    readonly name: string,
    readonly weight: number,
    moduleOf: () => ModuleOf,
  ) {
    this.#host = host;
    this.#moduleOf = moduleOf;
  }

  /** Cheaper than the probes: `BEGIN` need not know what subsystems there are. */
  get probeNames(): readonly string[] {
    this.#names ??= [...this.#host.tracepoints.keys()];
    return this.#names;
  }

  *probes(): Generator<Probe> {
    const moduleOf = this.#moduleOf();
    for (const [name, module] of this.#host.tracepoints) {
      yield new TracepointProbe(this.#host, this.name, moduleOf(name, module), name);
    }
  }

  unavailable(): string | undefined {
    return this.#host.tracepoints.size > 0
      ? undefined
      : 'the kernel does not describe its tracepoints (it was built without BTF; -x btf=FILE names types of it)';
  }
}
