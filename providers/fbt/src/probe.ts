import {
  type FunctionSite,
  functionArguments,
  type Host,
  type Probe,
  type ProbeArgument,
  type ProbeArguments,
} from '@dtrace/core/provider';
import type { FunctionGroup } from './functions.js';

const VMLINUX = 'vmlinux';
/** One list for all: probes with the same words can share a program. */
const ENTRY_WORDS = Array.from({ length: 10 }, (_, i) => `args[${i}]`);
/** Where in the function it returned is not known, and reads as 0. */
const OFFSET: ProbeArgument = { type: 'uint64_t', value: '0' };
const RETURN_WORDS = [OFFSET.value, 'args[0]'];

/** Whose probes they are. */
export interface ProbeMaker {
  readonly name: string;
  readonly host: Host;
}

/** Types are looked up when a script asks. */
class FunctionArguments implements ProbeArguments {
  readonly raw: readonly string[];
  #args: readonly ProbeArgument[] | undefined;

  constructor(
    readonly host: Host,
    readonly site: FunctionSite,
  ) {
    this.raw = site.at === 'entry' ? ENTRY_WORDS : RETURN_WORDS;
  }

  get args(): readonly ProbeArgument[] {
    this.#args ??= this.#find();
    return this.#args;
  }

  #find(): readonly ProbeArgument[] {
    const own = functionArguments(this.site, this.host.types);
    return this.site.at === 'entry' || this.site.untyped ? own : [OFFSET, ...own];
  }
}

function siteOf(group: FunctionGroup, name: string, at: FunctionSite['at']): FunctionSite {
  const { module, ambiguous, untyped, entryOnly } = group;
  return {
    // Only a breakpoint reaches what is not called.
    kind: entryOnly ? 'kprobe' : 'function',
    function: name,
    at,
    ...(module !== VMLINUX && { module }),
    ...(ambiguous.has(name) && { ambiguous: true }),
    ...(untyped && { untyped }),
  };
}

export class FunctionProbe implements Probe {
  readonly provider: string;
  readonly module: string;
  readonly function: string;
  readonly site: FunctionSite;
  readonly arguments: ProbeArguments;

  constructor(
    { name: provider, host }: ProbeMaker,
    group: FunctionGroup,
    symbol: string,
    readonly name: FunctionSite['at'],
  ) {
    this.provider = provider;
    this.module = group.module;
    this.function = symbol;
    this.site = siteOf(group, symbol, name);
    this.arguments = new FunctionArguments(host, this.site);
  }
}
