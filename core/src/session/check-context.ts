import type { ProbeDescription, ProbeNumber } from '../language/ast.js';
import { type GlobalScope, parseType } from '../language/checker/index.js';
import type {
  ArgumentFacts,
  CheckContext,
  CheckOptions,
  MacroValues,
  ProbeFacts,
} from '../language/context.js';
import { CompileError } from '../language/diagnostics.js';
import { asRecord, pointee } from '../language/types/queries.js';
import type { Type, TypeSource } from '../language/types.js';
import { isPattern } from '../probes/glob.js';
import { formatProbeName, type ProbeArgument } from '../probes/probe.js';
import type { ProbePattern } from '../probes/provider.js';
import type { RegisteredProbe } from '../probes/registry.js';
import type { ProbeSource } from './allowed-probes.js';
import { declareArguments } from './argument-declarations.js';
import { expandDescription } from './macros.js';

const LONG: Type = { kind: 'integer', name: 'long', size: 8, signed: true };
const POINTER: Type = { kind: 'pointer', to: { kind: 'void' } };

/** Types written as texts by providers. Kernels lack some that others have: those read as plain words. */
class TypeTexts {
  readonly #known = new Map<string, Type>();

  constructor(
    readonly types: TypeSource,
    readonly scope: GlobalScope,
  ) {}

  parse(text: string): Type {
    let type = this.#known.get(text);
    if (type === undefined) {
      type = this.find(text) ?? (text.trimEnd().endsWith('*') ? POINTER : LONG);
      this.#known.set(text, type);
    }
    return type;
  }

  find(text: string): Type | undefined {
    try {
      return parseType(text, this.types, this.scope);
    } catch (error) {
      if (error instanceof CompileError) return undefined;
      throw error;
    }
  }
}

/** Programs may have different records of one name: those that a probe's own type leads to are compared by what is in them. */
function recordText(type: Type | undefined): string {
  const record = type && asRecord(pointee(type) ?? type);
  const members = record?.members?.map(({ name, bitOffset }) => `${name}@${bitOffset}`) ?? [];
  return `${record?.size} ${members.join(' ')}`;
}

const signature = (args: readonly ProbeArgument[]): string =>
  args.map(({ type, translated, known }) => `${type}=>${translated ?? ''} ${recordText(known)}`).join('\n');

/** Undefined when probes that one clause enables carry different things. */
function commonArguments(probes: readonly RegisteredProbe[]): readonly ProbeArgument[] | undefined {
  const layouts = new Set(probes.map(({ probe }) => probe.arguments));
  const [first, ...others] = [...layouts].map(({ args }) => args);
  if (first === undefined) return [];
  const expected = signature(first);
  return others.every((args) => signature(args) === expected) ? first : undefined;
}

/** A description that may come to match more. */
interface Watched {
  readonly pattern: ProbePattern;
  state: string;
  readonly seen: Set<number>;
}

/** What the checker asks of this run: probes by description, types of their arguments, macros, options. */
export class RunContext implements CheckContext {
  readonly #registry: ProbeSource;
  readonly #texts: TypeTexts;
  readonly #declare: ReturnType<typeof declareArguments>;
  readonly #matches = new Map<string, readonly RegisteredProbe[]>();
  readonly #watched = new Map<string, Watched>();
  /** While the D library is read; then come the programs. */
  library = true;

  constructor(
    registry: ProbeSource,
    readonly types: TypeSource,
    readonly macros: MacroValues,
    readonly options: CheckOptions,
    scope: GlobalScope,
    readonly prepareTarget: () => void,
    readonly hasModule: (name: string) => boolean,
  ) {
    this.#registry = registry;
    this.#texts = new TypeTexts(types, scope);
    this.#declare = declareArguments(scope);
  }

  dependency(kind: 'provider' | 'module', name: string): boolean {
    return kind === 'provider' ? this.#registry.hasProvider(name) : this.hasModule(name);
  }

  /** The probes of a description; also what the compiler is given. */
  match(description: ProbeDescription | ProbeNumber): readonly RegisteredProbe[] {
    if (description.kind === 'probe-id') {
      const found = this.#registry.byId(description.id);
      return found === undefined ? [] : [found];
    }
    if (description.provider.includes('$target')) this.prepareTarget();
    const pattern = expandDescription(description, this.macros);
    const key = formatProbeName(pattern);
    let matches = this.#matches.get(key);
    if (matches === undefined) {
      let state = this.#registry.state(pattern);
      // The processes it stands for include the command that was started, which may not have got to its probes yet.
      if (state !== undefined && description.provider.includes('*')) {
        this.prepareTarget();
        state = this.#registry.state(pattern);
      }
      matches = this.#registry.match(pattern);
      this.#matches.set(key, matches);
      if (state !== undefined) {
        this.#watched.set(key, { pattern, state, seen: new Set(matches.map(({ id }) => id)) });
      }
    }
    return matches;
  }

  /** Whether some description may come to match more than it did. */
  get mayGrow(): boolean {
    return this.#watched.size > 0;
  }

  /** Whether more may be matched in libraries that a process loads: not where one is named and is there already. */
  get awaitsLibraries(): boolean {
    return [...this.#watched.values()].some(
      ({ pattern: { module }, seen }) => module === '' || isPattern(module) || seen.size === 0,
    );
  }

  /** What descriptions match that they did not when this was asked last, by description. */
  newMatches(): (description: ProbeDescription | ProbeNumber) => readonly RegisteredProbe[] {
    const found = new Map<string, readonly RegisteredProbe[]>();
    for (const [key, watched] of this.#watched) {
      const state = this.#registry.state(watched.pattern);
      if (state === undefined || state === watched.state) continue;
      watched.state = state;
      const fresh = this.#registry.match(watched.pattern).filter(({ id }) => !watched.seen.has(id));
      for (const { id } of fresh) watched.seen.add(id);
      if (fresh.length > 0) found.set(key, fresh);
    }
    return (description) => {
      if (description.kind === 'probe-id') return [];
      return found.get(formatProbeName(expandDescription(description, this.macros))) ?? [];
    };
  }

  probes(description: ProbeDescription | ProbeNumber): ProbeFacts {
    const matches = this.match(description);
    const first = matches[0];
    const types = () => this.#types(matches);
    let args: { readonly types: ProbeFacts['args'] } | undefined;
    return {
      count: matches.length,
      whyNone: () =>
        description.kind === 'probe-id'
          ? undefined
          : this.#registry.explain(expandDescription(description, this.macros)),
      name: first === undefined ? '' : formatProbeName(first.probe),
      // Most clauses never look at args[], and some providers read files to tell their types.
      get args() {
        args ??= { types: types() };
        return args.types;
      },
    };
  }

  #types(matches: readonly RegisteredProbe[]): readonly ArgumentFacts[] | undefined {
    for (const { probe } of matches)
      if (probe.arguments.declarations !== undefined) this.#declare(probe.arguments.declarations, this);
    return commonArguments(matches)?.map(({ type, translated, known, missing }): ArgumentFacts => {
      if (missing !== undefined) return { type: known ?? LONG, missing };
      const native = known ?? this.#texts.parse(type);
      const shown = translated === undefined ? undefined : this.#texts.find(translated);
      return shown === undefined ? { type: native } : { type: shown, native };
    });
  }
}
