/** Actions on aggregations: printa with its format, and the arguments of clear, trunc, normalize. */
import type { Action } from '../actions.js';
import type { Aggregation } from '../checked.js';
import type { MessageId } from '../messages.js';
import type { Format } from '../printf-format.js';
import type { Span } from '../source.js';
import { INT64, UINT64 } from '../types/basic.js';
import { assignable } from '../types/compatibility.js';
import type { ActionParts, Call } from './action-statements.js';
import { checkConversions, checkFormat } from './printf.js';
import type { Checking } from './state.js';
import { isBad, type Value } from './values.js';

type Family = 'printa' | 'clear' | 'trunc' | 'normalize';

const messages: { readonly [K in Family]: { readonly argument: MessageId; readonly undefined: MessageId } } =
  {
    printa: { argument: 'printa.argument', undefined: 'printa.undefined' },
    clear: { argument: 'clear.argument', undefined: 'clear.undefined' },
    trunc: { argument: 'trunc.argument', undefined: 'trunc.undefined' },
    normalize: { argument: 'normalize.argument', undefined: 'normalize.undefined' },
  };

/** The aggregation an argument names; undefined when something was reported. */
export function aggregationArgument(
  c: Checking,
  value: Value,
  name: string,
  family: Family,
  span: Span,
  number = 1,
): Aggregation | undefined {
  if (isBad(value)) return undefined;
  if (value.kind !== 'aggregation') {
    c.bad(messages[family].argument, value.span, { name, number, type: value.type });
    return undefined;
  }
  const { aggregation, erroneous } = value.symbol;
  if (erroneous) return undefined;
  if (!aggregation) c.bad(messages[family].undefined, span, { name: value.symbol.name });
  return aggregation;
}

export function checkPrinta(
  c: Checking,
  action: Action,
  values: readonly Value[],
  e: Call,
): ActionParts | undefined {
  const [first] = values;
  const text = first?.kind === 'string' ? first.value : undefined;
  const rest = text === undefined ? values : values.slice(1);
  const { name } = action;
  if (rest.length === 0) {
    c.bad('printa.length', e.span, { passed: values.length, expected: values.length + 1 });
    return undefined;
  }
  const found: Aggregation[] = [];
  for (const [i, value] of rest.entries()) {
    const number = i + (text === undefined ? 1 : 2);
    const aggregation = aggregationArgument(c, value, name, 'printa', e.span, number);
    if (!aggregation || !sameKeys(c, found[0], aggregation, value.span)) return undefined;
    found.push(aggregation);
    if (text !== undefined && !printable(c, text, aggregation, e)) return undefined;
  }
  return { arguments: [], aggregations: found, ...(text !== undefined && { format: text }) };
}

/** Aggregations printed side by side are joined by their keys. */
function sameKeys(c: Checking, first: Aggregation | undefined, other: Aggregation, span: Span): boolean {
  if (!first) return true;
  const names = { left: first.name, right: other.name };
  if (first.keys.length !== other.keys.length) {
    c.bad('printa.key-count', span, { ...names, expected: first.keys.length, found: other.keys.length });
    return false;
  }
  const differing = first.keys.findIndex((key, i) => !assignable(key, { type: other.keys[i]! }));
  if (differing < 0) return true;
  const types = { expected: first.keys[differing], found: other.keys[differing] };
  c.bad('printa.key-type', span, { ...names, number: differing + 1, ...types });
  return false;
}

function printable(c: Checking, text: string, aggregation: Aggregation, e: Call): boolean {
  const aggregated = aggregation.function === 'count' ? UINT64 : INT64;
  const context = { name: 'printa( )', span: e.span, aggregated };
  const format: Format | undefined = checkFormat(c, text, context);
  const keys = aggregation.keys.map((type) => ({ type, span: e.span }));
  return format !== undefined && checkConversions(c, format, keys, context) !== undefined;
}
