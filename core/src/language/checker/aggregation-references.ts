/** `@name` and `@name[keys]` as they are referred to; `aggregates.ts` has the assignment. */
import type { Expression } from '../ast.js';
import type { AggregationSymbol } from './scope.js';
import type { Checking } from './state.js';
import { didYouMean } from './suggest.js';
import { DYNAMIC, type Value } from './values.js';

type Aggregation = Extract<Expression, { readonly kind: 'aggregation' }>;

/** `create`: an assignment may name a new one. */
export function checkAggregation(c: Checking, e: Aggregation, create: boolean): Value {
  const symbol = find(c, e, create || e.keys !== undefined);
  if (!symbol) {
    return c.bad(
      'aggregation.undefined',
      e.span,
      { name: e.name },
      didYouMean(e.name, c.scope.aggregations.keys()),
    );
  }
  return { kind: 'aggregation', symbol, type: DYNAMIC, span: e.span, ...(e.keys && { keys: e.keys }) };
}

function find(c: Checking, e: Aggregation, create: boolean): AggregationSymbol | undefined {
  const known = c.scope.aggregations.get(e.name);
  if (known || !create) return known;
  const symbol: AggregationSymbol = { name: e.name, span: e.span };
  c.scope.aggregations.set(e.name, symbol);
  return symbol;
}

/** Brackets behind an aggregation that already has its keys. */
export function checkAggregationKeys(
  c: Checking,
  e: Extract<Expression, { readonly kind: 'index' }>,
  object: Aggregation,
  create: boolean,
): Value {
  if (object.keys) return c.bad('aggregation.dimensions', e.span, { name: object.name });
  return checkAggregation(c, { ...object, keys: e.keys, span: e.span }, create);
}
