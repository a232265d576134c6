import {
  type InstructionSite,
  operationX64,
  type Probe,
  type ProbeArguments,
  textX64,
} from '@dtrace/core/provider';
import { ARGUMENT_NAMES } from './arguments.js';
import { factsOf, type Origin } from './facts.js';

/** What the probes of one function have in common. */
export interface FunctionProbes {
  readonly provider: string;
  readonly module: string;
  readonly function: string;
  readonly arguments: ProbeArguments;
  readonly code: Buffer;
  /** Where an instruction is, and what tells it from those of its name elsewhere. */
  at(offset: number): InstructionSite['at'];
  origin(offset: number): Origin;
  identity(offset: number): string;
  /** What lies so far from the start of the function, by name. */
  symbol(offset: number): string | undefined;
}

/** A listing makes very many, and looks at few of their sites. */
export class InstructionProbe implements Probe {
  #site: InstructionSite | undefined;

  constructor(
    readonly of: FunctionProbes,
    readonly name: string,
    readonly offset: number,
    readonly length: number,
  ) {}

  get provider(): string {
    return this.of.provider;
  }
  get module(): string {
    return this.of.module;
  }
  get function(): string {
    return this.of.function;
  }
  get arguments(): ProbeArguments {
    return this.of.arguments;
  }
  get identity(): string {
    return this.of.identity(this.offset);
  }

  get site(): InstructionSite {
    this.#site ??= {
      kind: 'instruction',
      at: this.of.at(this.offset),
      facts: factsOf(operationX64(this.#bytes, 0), this.of.origin(this.offset)),
    };
    return this.#site;
  }

  /** The instruction itself, with a name for where it leads. */
  get text(): string {
    const text = textX64(this.#bytes, 0);
    const { branch, target } = operationX64(this.#bytes, 0);
    if (branch === undefined || typeof target !== 'object' || !target.relative) return text;
    const symbol = this.of.symbol(this.offset + Number(target.displacement));
    return symbol === undefined ? text : text.replace(/\S+$/, symbol);
  }

  get #bytes(): Buffer {
    return this.of.code.subarray(this.offset, this.offset + this.length);
  }
}

/** For `-lv`: the instruction, and what its arguments are. */
export function describeProbe(probe: Probe): string | undefined {
  if (!(probe instanceof InstructionProbe)) return undefined;
  const meanings = ARGUMENT_NAMES.map((meaning, i) => `args[${i}]: ${meaning}`);
  return [probe.text, ...meanings].join('\n');
}

export function symbolText(
  found: { readonly name: string | undefined; readonly offset: number | bigint } | undefined,
): string | undefined {
  if (found?.name === undefined) return undefined;
  return Number(found.offset) === 0 ? found.name : `${found.name}+0x${found.offset.toString(16)}`;
}
