/** `@name[keys] = function(value, …);` */
import type { Expression } from '../ast.js';
import type { AggregateStmt, AggregatingFunction, Expr } from '../checked.js';
import type { Span } from '../source.js';
import { INT64 } from '../types/basic.js';
import { isScalar } from '../types/queries.js';
import { convert } from './build.js';
import { check, checkTarget, evaluated } from './expressions.js';
import { checkKeys } from './keys.js';
import { quantizationParameters } from './quantization.js';
import type { AggregationSymbol, Mutable } from './scope.js';
import type { Checking } from './state.js';
import { type AggregatingCall, isBad, isExpr, type Value } from './values.js';

type Assignment = Extract<Expression, { readonly kind: 'assignment' }>;

/** undefined: something was reported. */
export function checkAggregate(c: Checking, e: Assignment): AggregateStmt | undefined {
  const target = checkTarget(c, e.target);
  const value = check(c, e.value);
  if (target.kind !== 'aggregation') return undefined;
  if (isBad(value)) {
    target.symbol.erroneous = true;
    return undefined;
  }
  const { symbol, keys: written = [] } = target;
  if (e.operator !== '=') {
    c.bad('aggregation.operator', e.span, { operator: e.operator, name: symbol.name });
    return undefined;
  }
  if (value.kind !== 'aggregating') {
    c.bad('aggregation.function', e.span, { name: symbol.name });
    return undefined;
  }
  const aggregation = aggregationOf(c, symbol, value.name, e.span);
  if (!aggregation) return undefined;
  const keys = checkKeys(c, symbol, written, { what: 'aggregation', name: symbol.name, span: target.span });
  const operands = keys && aggregated(c, value, aggregation);
  if (!keys || !operands) {
    symbol.erroneous = true;
    return undefined;
  }
  aggregation.keys = symbol.keys ?? [];
  // A clause is checked again when its predicate tells what its body lacked.
  delete symbol.erroneous;
  c.calls.push({ effect: 'aggregate', destructive: false, span: e.span });
  return { kind: 'aggregate', span: e.span, aggregation, keys, ...operands };
}

/** One aggregation has one function for all of the program. */
function aggregationOf(
  c: Checking,
  symbol: AggregationSymbol,
  name: AggregatingFunction,
  span: Span,
): Mutable<NonNullable<AggregationSymbol['aggregation']>> | undefined {
  const known = symbol.aggregation;
  if (!known) {
    const id = c.scope.aggregationId();
    symbol.aggregation = { id, name: symbol.name, function: name, parameters: [], keys: [], span };
    return symbol.aggregation;
  }
  if (known.function === name) return known;
  c.bad('aggregation.redefined', span, { name: symbol.name, now: name, before: known.function });
  return undefined;
}

/** Positions of the value's weight behind the fixed parameters. */
const weightPosition: Partial<Record<AggregatingFunction, number>> = {
  quantize: 1,
  lquantize: 4,
  llquantize: 5,
};

function aggregated(
  c: Checking,
  call: AggregatingCall,
  aggregation: NonNullable<AggregationSymbol['aggregation']>,
): Pick<AggregateStmt, 'value' | 'weight'> | undefined {
  const args = call.arguments.map((argument) => check(c, argument));
  if (args.some(isBad)) return undefined;
  const [first] = args;
  if (first && !isScalar(first.type)) {
    c.bad('aggregation.scalar', first.span, { name: call.name });
    return undefined;
  }
  if (!quantizationParameters(c, call, args, aggregation)) return undefined;
  const position = weightPosition[call.name];
  const weight = position === undefined ? undefined : args[position];
  if (!first) return {};
  const value = convert(evaluated(c, first), INT64);
  if (weight === undefined || position === undefined) return { value };
  const checked = checkWeight(c, call, weight, position + 1, args.length);
  return checked && { value, weight: checked };
}

function checkWeight(
  c: Checking,
  call: AggregatingCall,
  weight: Value,
  position: number,
  passed: number,
): Expr | undefined {
  if (passed > position) {
    const values = { name: `${call.name}( )`, passed, what: 'arg', expected: `at most ${position}` };
    c.bad('prototype.length', call.span, values);
    return undefined;
  }
  if (!isScalar(weight.type) || !isExpr(weight)) {
    const values = {
      name: `${call.name}( )`,
      what: 'argument',
      number: position,
      wanted: 'scalar',
      type: weight.type,
    };
    c.bad('prototype.argument', weight.span, values);
    return undefined;
  }
  return convert(weight, INT64);
}
