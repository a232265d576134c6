/** The state of one checking run: where it is, what it found. */

import type { ActionEffect } from '../actions.js';
import type { Expr, Variable } from '../checked.js';
import type { CheckContext, ProbeFacts } from '../context.js';
import type { Diagnostic } from '../diagnostics.js';
import { type DiagnosticExtras, diagnostic, type MessageId } from '../messages.js';
import type { TypeFinder } from '../prototypes.js';
import type { Span } from '../source.js';
import { typeName } from '../types/names.js';
import { isError } from '../types/queries.js';
import type { Type } from '../types.js';
import type { GlobalScope } from './scope.js';
import { bad, type Value } from './values.js';

/** Names that hold inside an inline, a translator or a block. */
export type Frame = ReadonlyMap<string, Value>;

/** One thing a clause does, as far as the order of actions goes. */
export interface Effect {
  readonly effect: ActionEffect | 'aggregate';
  readonly destructive: boolean;
  readonly span: Span;
}

/** What a message value may be made of. */
type MessageValue = string | number | bigint | Type | undefined;

const deepestExpansion = 32;
const mostExpansions = 10_000;

export class Checking {
  readonly diagnostics: Diagnostic[] = [];
  /** Said only when nothing else was wrong: unsupported parts, missing permission. */
  readonly remarks: Diagnostic[] = [];
  /** The probe of the clause being checked. */
  probe: ProbeFacts | undefined;
  /** Innermost last. */
  frames: Frame[] = [];
  /** Inside sizeof and the like nothing is evaluated, so nothing needs an address. */
  unevaluated = 0;
  /** What the clause being checked does, in the order written: some actions may not follow others. */
  calls: Effect[] = [];
  /** Where what is wrong in a predicate is noticed: at the actions behind it. */
  noticed: number | undefined;
  /** One variable per declaration, however many probes a clause has. */
  readonly localVariables = new Map<object, Variable>();
  /** The function whose body is being checked in place of a call. */
  called: { readonly returns: Type; readonly result: Expr | undefined } | undefined;
  /** Calls of functions so far whose bodies are statements. */
  blocks = 0;
  /** Loops around the statement being checked, in the same body. */
  loops = 0;
  /** Inlines and functions being expanded into each other, and all that were. */
  private depth = 0;
  private expansions = 0;
  private readonly seen = new Set<string>();
  private readonly keys = new Map<Diagnostic, string>();

  constructor(
    readonly context: CheckContext,
    readonly scope: GlobalScope,
  ) {}

  /** Reports an error and gives the expression that stands for the erroneous one. */
  bad(
    id: MessageId,
    span: Span,
    values: Record<string, MessageValue> = {},
    extras: DiagnosticExtras = {},
  ): Expr {
    // An operand of error type was reported already; what follows from it is noise.
    const types = Object.values(values).filter((value): value is Type => typeof value === 'object');
    if (!types.some(isError)) this.add(this.diagnostics, id, span, values, extras);
    return bad(span);
  }

  /** Reports what matters only in an otherwise correct program. */
  remark(
    id: MessageId,
    span: Span,
    values: Record<string, MessageValue> = {},
    extras: DiagnosticExtras = {},
  ): void {
    this.add(this.remarks, id, span, values, extras);
  }

  private add(
    to: Diagnostic[],
    id: MessageId,
    span: Span,
    values: Record<string, MessageValue>,
    extras: DiagnosticExtras,
  ): void {
    const shown: Record<string, string | number | bigint> = {};
    for (const [name, value] of Object.entries(values)) {
      if (value !== undefined) shown[name] = typeof value === 'object' ? typeName(value) : value;
    }
    // A clause is checked once per probe description, and an inline once per use.
    const key = `${id} ${span.source.name} ${span.start} ${span.end} ${JSON.stringify(shown, stringify)}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    to.push(diagnostic(id, span, shown, { noticed: this.noticed, ...extras }));
    this.keys.set(to.at(-1)!, key);
  }

  /** Takes reports back: what they were about is checked again. */
  forget(found: readonly Diagnostic[]): void {
    for (const d of found) {
      this.diagnostics.splice(this.diagnostics.indexOf(d), 1);
      this.seen.delete(this.keys.get(d) ?? '');
    }
  }

  get strsize(): number {
    return this.scope.settings.strsize ?? this.context.options.strsize;
  }

  local(name: string): Value | undefined {
    for (let i = this.frames.length - 1; i >= 0; i--) {
      const found = this.frames[i]?.get(name);
      if (found) return found;
    }
    return undefined;
  }

  /** Runs with these names in place of the local ones, as the body of an inline or a translator does. */
  within<T>(frame: Frame, body: () => T): T {
    const outer = this.frames;
    this.frames = [frame];
    try {
      return body();
    } finally {
      this.frames = outer;
    }
  }

  /** Runs with these names added to the local ones. */
  nested<T>(frame: Frame, body: () => T): T {
    this.frames.push(frame);
    try {
      return body();
    } finally {
      this.frames.pop();
    }
  }

  /** Puts an inline or a function in the place of its name. */
  expand(name: string, span: Span, body: () => Value): Value {
    if (this.depth >= deepestExpansion) return this.bad('function.recursive', span, { name });
    if (++this.expansions > mostExpansions)
      return this.bad('function.too-many', span, { limit: mostExpansions });
    this.depth++;
    try {
      return body();
    } finally {
      this.depth--;
    }
  }

  withoutEvaluation<T>(body: () => T): T {
    this.unevaluated++;
    try {
      return body();
    } finally {
      this.unevaluated--;
    }
  }

  /** Bytes of scratch memory that alloca() and copyin() share. */
  get scratchsize(): number {
    return this.scope.settings.scratchsize ?? this.context.options.scratchsize ?? 256;
  }

  get hasErrors(): boolean {
    return this.diagnostics.some((d) => d.severity === 'error');
  }

  /** Types by name: D's own declarations first, then the predefined ones, then the world's. */
  readonly findType: TypeFinder = (kind, name) =>
    kind === 'struct' ? this.findTag('struct', name) : this.findTypedef(name);

  findTypedef(name: string, module?: string): Type | undefined {
    if (module !== undefined && !isOwnModule(module)) return this.context.types.findTypedef(name, module);
    return this.scope.typedefs.get(name) ?? this.context.types.findTypedef(name);
  }

  findTag(kind: 'struct' | 'union' | 'enum', tag: string, module?: string): Type | undefined {
    const own = module === undefined || isOwnModule(module);
    const declared = own ? this.scope.tags.get(`${kind} ${tag}`) : undefined;
    if (declared) return declared;
    const { types } = this.context;
    if (module !== undefined && own) return undefined;
    return kind === 'enum' ? types.findEnum(tag, module) : types.findRecord(kind, tag, module);
  }
}

/** D`foo_t and C`foo_t are the types that D programs, and the headers they include, declare. */
const isOwnModule = (module: string): boolean => module === 'D' || module === 'C';

function stringify(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}
