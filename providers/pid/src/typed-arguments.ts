import {
  type CodeFile,
  type Host,
  type ProbeArgument,
  type ProbeArguments,
  parameterPlaces,
  resultPlace,
  type SiteArgument,
  type Type,
  typeText,
  type UserFunction,
} from '@dtrace/core/provider';
import type { PidArguments } from './arguments.js';

const WORD = 8;
const LOST = 'is a floating-point number, which is passed where probes cannot look';

/** Of functions that the compiler made from others: their parameters are not those of the source. */
const CHANGED = /\.(isra|constprop|part|cold)\b/;

/** Word i of the registers is args[1 + i] of the site. */
const word = (offset: number): string => `args[${1 + offset / WORD}]`;

/** Registers and the stack hold whole words, of which a narrow value is the lower part. */
function valueText({ type, offset, behind }: SiteArgument): string {
  const whole = behind ? `*(userland uint64_t *)(${word(offset)} + ${behind.bytes})` : word(offset);
  if (type.kind === 'pointer') return whole;
  const narrow = integerText(type);
  return narrow === undefined ? whole : `(${narrow})${whole}`;
}

/** The integer of D that is as wide, where it is less than a word. */
function integerText(type: Type): string | undefined {
  if (type.kind === 'typedef') return integerText(type.to);
  if ((type.kind !== 'integer' && type.kind !== 'enum') || type.size >= WORD) return undefined;
  return `${type.signed ? '' : 'u'}int${8 * type.size}_t`;
}

function argument(place: SiteArgument): ProbeArgument {
  const { type, lost } = place;
  const base = { type: typeText(type), known: type };
  return lost ? { ...base, value: '0', missing: LOST } : { ...base, value: valueText(place) };
}

/** Which language's rules say where a function's arguments are matters only for what is more than a word. */
const isPlain = (type: Type): boolean => {
  if (type.kind === 'typedef') return isPlain(type.to);
  return type.kind === 'integer' || type.kind === 'enum' || type.kind === 'pointer' || type.kind === 'void';
};

/** args[] as the debugging information of the file tells them; looked for when a script asks. */
export class TypedArguments implements ProbeArguments {
  readonly raw: readonly string[];
  readonly builtins?: Readonly<Record<string, string>>;
  #args: readonly ProbeArgument[] | undefined;

  constructor(
    untyped: PidArguments,
    readonly arch: Host['arch'],
    readonly code: CodeFile,
    readonly target: UserFunction,
    readonly at: 'entry' | 'return',
  ) {
    const { raw, builtins } = untyped[at];
    this.raw = raw ?? [];
    if (builtins !== undefined) this.builtins = builtins;
  }

  get args(): readonly ProbeArgument[] {
    this.#args ??= this.#find();
    return this.#args;
  }

  #find(): readonly ProbeArgument[] {
    if (CHANGED.test(this.target.symbol)) return [];
    const described = this.code.describe(this.target.address);
    if (described === undefined) return [];
    const { type, ownConvention } = described;
    if (ownConvention && ![...type.parameters, type.returns].every(isPlain)) return [];
    if (this.at === 'entry') return parameterPlaces(this.arch, type, 'user').map(argument);
    const offset = { type: 'uint64_t', value: 'args[0]' };
    if (type.returns.kind === 'void') return [offset];
    return [offset, argument(resultPlace(this.arch, type.returns))];
  }
}
