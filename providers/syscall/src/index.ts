import {
  attributes,
  defineProvider,
  HOST,
  type Host,
  inject,
  injectable,
  type Probe,
  type ProbeArgument,
  type ProbeArguments,
  type ProbePattern,
  type Provider,
  type ProviderAttributes,
  type RawTracepointSite,
} from '@dtrace/core/provider';
import { argumentTypes } from './formats.js';
import { MACHINES, nativeGuard } from './machine.js';
import { type SystemCall, type SystemCalls, systemCalls } from './names.js';

const EVOLVING = attributes('Evolving', 'Evolving', 'Common');
const UNSTABLE = attributes('Unstable', 'Unstable', 'ISA');

const ATTRIBUTES: ProviderAttributes = {
  provider: EVOLVING,
  module: attributes('Private', 'Private', 'Unknown'),
  function: UNSTABLE,
  name: EVOLVING,
  args: UNSTABLE,
};

const MODULE = 'vmlinux';
const NO_ERROR = { errno: '0' };

/** Results from -4095 to -1 are error numbers. */
const RETURN: ProbeArguments = {
  args: [{ type: 'long', value: 'args[1]' }],
  raw: ['args[1]', 'args[1]'],
  builtins: { errno: 'args[1] < 0 && args[1] >= -4095 ? (int)-args[1] : 0' },
};

/** Types differ between calls and are looked up when a script asks; where the values are is the same for all. */
class EntryArguments implements ProbeArguments {
  readonly builtins = NO_ERROR;
  #args: readonly ProbeArgument[] | undefined;

  constructor(
    readonly raw: readonly string[],
    readonly types: () => readonly string[],
  ) {}

  get args(): readonly ProbeArgument[] {
    this.#args ??= this.types()
      .slice(0, this.raw.length)
      .map((type, i) => ({ type, value: this.raw[i] as string }));
    return this.#args;
  }
}

/** Entry to and return from every system call: two tracepoints and a table, however many probes are enabled. */
@injectable()
export class SyscallProvider implements Provider {
  readonly name = 'syscall';
  readonly attributes = ATTRIBUTES;
  readonly weight = -500;
  readonly probeNames = ['entry', 'return'];
  readonly #host: Host;
  #calls: SystemCalls | undefined;
  #guard: { readonly guard?: string } | undefined;

  constructor(@inject(HOST) host: Host) {
    this.#host = host;
  }

  *probes(pattern: ProbePattern): Generator<Probe> {
    this.#calls ??= systemCalls(this.#host);
    const alias = this.#calls.byAlias.get(pattern.function);
    if (alias !== undefined) {
      yield* this.#pair(alias, pattern.function);
      return;
    }
    for (const call of this.#calls.all) yield* this.#pair(call, call.name);
  }

  *#pair(call: SystemCall, name: string): Generator<Probe> {
    const machine = MACHINES[this.#host.arch];
    const names = { provider: this.name, module: MODULE, function: name };
    yield {
      ...names,
      name: 'entry',
      site: this.#site('sys_enter', 'args[1]', call),
      arguments: new EntryArguments(machine.arguments, () => argumentTypes(this.#host, call.name)),
    };
    yield {
      ...names,
      name: 'return',
      site: this.#site('sys_exit', machine.number, call),
      arguments: RETURN,
    };
  }

  #site(tracepoint: string, on: string, { number }: SystemCall): RawTracepointSite {
    if (this.#guard === undefined) {
      const guard = nativeGuard(this.#host);
      this.#guard = guard === undefined ? {} : { guard };
    }
    return { kind: 'raw-tracepoint', tracepoint, select: { on, value: number }, ...this.#guard };
  }
}

export default defineProvider({ name: 'syscall', providers: [SyscallProvider] });
