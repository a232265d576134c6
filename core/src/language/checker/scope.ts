/**
 * What names mean, across all programs checked together: the D library first, then the scripts. Entries are only
 * ever added; ids count through.
 */
import type { Expression, TranslatorDefinition } from '../ast.js';
import type { Aggregation, DeclaredProvider, Variable } from '../checked.js';
import type { Span } from '../source.js';
import { INT, predefinedTypedefs } from '../types/basic.js';
import type { Member, RecordType, Type } from '../types.js';
import type { UserFunction } from './functions.js';

/** A variable from its first mention on; its `variable` appears when its type is known. */
export interface VariableSymbol {
  readonly scope: Variable['scope'];
  readonly name: string;
  readonly span: Span;
  /** Key types of an associative array, known from the first reference. */
  keys?: Type[];
  variable?: Variable;
  /** Where a pointer to scratch memory, or to anything else, was first stored: the two may not mix. */
  scratch?: Span;
  other?: Span;
}

export interface AggregationSymbol {
  readonly name: string;
  readonly span: Span;
  keys?: Type[];
  aggregation?: Mutable<Aggregation>;
  /** Its definition was reported, so nothing is said about its uses. */
  erroneous?: true;
}

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface Inline {
  readonly kind: 'inline';
  readonly name: string;
  readonly type: Type;
  /** undefined: a plain inline; else its keys, of which some may have no name. */
  readonly parameters?: readonly { readonly name?: string; readonly type: Type }[];
  readonly value: Expression;
  readonly span: Span;
}

export type GlobalEntity =
  | { readonly kind: 'variable'; readonly symbol: VariableSymbol; readonly span?: Span }
  | Inline
  | { readonly kind: 'constant'; readonly value: bigint; readonly type: Type; readonly span?: Span };

export interface Translator {
  readonly definition: TranslatorDefinition;
  readonly output: RecordType;
  /** As written, for messages. */
  readonly outputType: Type;
  readonly input: Type;
  readonly members: ReadonlyMap<string, { readonly value: Expression; readonly member: Member }>;
}

export interface Settings {
  destructive?: boolean;
  defaultArguments?: boolean;
  zeroMatches?: boolean;
  unusedArguments?: boolean;
  strsize?: number;
  scratchsize?: number;
}

export class GlobalScope {
  readonly globals = new Map<string, GlobalEntity>([
    ['NULL', { kind: 'constant', value: 0n, type: INT }],
    ['B_TRUE', { kind: 'constant', value: 1n, type: INT }],
    ['B_FALSE', { kind: 'constant', value: 0n, type: INT }],
  ]);
  readonly self = new Map<string, VariableSymbol>();
  readonly this = new Map<string, VariableSymbol>();
  readonly aggregations = new Map<string, AggregationSymbol>();
  /** D's own and those the programs declared; not the kernel's. */
  readonly typedefs = new Map<string, Type>(predefinedTypedefs);
  /** `struct foo`, `union foo`, `enum foo` declared in D. */
  readonly tags = new Map<string, Type>();
  readonly externs = new Map<string, Type>();
  readonly translators: Translator[] = [];
  readonly functions = new Map<string, UserFunction>();
  /** What pragmas set so far and checking depends on. */
  readonly settings: Settings = {};
  /** Those declared with `provider name { … }`. */
  readonly providers = new Map<string, DeclaredProvider>();
  /** Macro arguments some program used, for "extraneous argument". */
  readonly usedArguments = new Set<number>();
  /** Everything an attributes or binding pragma named before it was defined. */
  readonly pendingPragmas = new Map<string, { readonly pragma: string; readonly span: Span }>();
  private nextVariable = 0;
  private nextAggregation = 0;
  private nextTemp = 0;

  variableId(): number {
    return this.nextVariable++;
  }

  aggregationId(): number {
    return this.nextAggregation++;
  }

  tempId(): number {
    return this.nextTemp++;
  }
}
