/** What checking an expression gives: a checked expression, or something only certain places can use. */

import type { Expression } from '../ast.js';
import type { AggregatingFunction, Expr, Temp } from '../checked.js';
import type { Span } from '../source.js';
import { DYNAMIC, ERROR } from '../types/basic.js';
import type { Type } from '../types.js';
import type { AggregationSymbol, Translator, VariableSymbol } from './scope.js';

interface Pseudo {
  readonly span: Span;
  readonly type: Type;
}

export type AggregationReference = Pseudo & {
  readonly kind: 'aggregation';
  readonly symbol: AggregationSymbol;
  readonly keys?: readonly Expression[];
};

/** A variable no assignment has typed yet. */
export type Untyped = Pseudo & {
  readonly kind: 'untyped';
  readonly symbol: VariableSymbol;
  readonly keys?: readonly Expr[];
};

/** The result of `xlate`: its members are expressions over `input`. */
export type Translated = Pseudo & {
  readonly kind: 'translated';
  readonly translator: Translator;
  readonly input: Expr;
  readonly pointer: boolean;
  readonly lets: readonly Let[];
  /** The pointer that an inline such as curcpu stands for: as a number it is where the input lies. */
  readonly handle?: Expr;
};

export interface Let {
  readonly temp: Temp;
  readonly value: Expr;
}

/** A call of an action where an expression stands. */
export type ActionCall = Pseudo & { readonly kind: 'action'; readonly name: string };

/** `count()` and the like: only an aggregation can take it. */
export type AggregatingCall = Pseudo & {
  readonly kind: 'aggregating';
  readonly name: AggregatingFunction;
  readonly arguments: readonly Expression[];
};

export type PseudoValue = AggregationReference | Untyped | Translated | ActionCall | AggregatingCall;
export type Value = Expr | PseudoValue;

const pseudoKinds: ReadonlySet<string> = new Set<PseudoValue['kind']>([
  'aggregation',
  'untyped',
  'translated',
  'action',
  'aggregating',
]);

export function isExpr(value: Value): value is Expr {
  return !pseudoKinds.has(value.kind);
}

/** Stands for an expression that was reported. */
export function bad(span: Span): Expr {
  return { kind: 'constant', type: ERROR, value: 0n, span };
}

export const isBad = (value: Value): boolean => value.type === ERROR;

export const constantOf = (value: Value): bigint | undefined =>
  value.kind === 'constant' && value.type !== ERROR ? value.value : undefined;

export { DYNAMIC };
