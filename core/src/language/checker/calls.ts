/** Calls of subroutines, and of actions where an expression stands. */
import { type Action, actions, aggregatingFunctions } from '../actions.js';
import type { Expression } from '../ast.js';
import { builtins, rawArgumentIndex } from '../builtins.js';
import type { AggregatingFunction, Expr } from '../checked.js';
import type { Prototype } from '../prototypes.js';
import { requiredCount, shownAs, tableType } from '../prototypes.js';
import type { Span } from '../source.js';
import { subroutines } from '../subroutines.js';
import { pointerTo, VOID } from '../types/basic.js';
import { assignable } from '../types/compatibility.js';
import { isString, isVoid } from '../types/queries.js';
import type { OpaqueType, Type } from '../types.js';
import { coerce } from './build.js';
import { check, evaluated } from './expressions.js';
import { callFunction } from './functions.js';
import { typed } from './operators.js';
import { stackArguments } from './stack-arguments.js';
import type { Checking } from './state.js';
import { subroutineRules } from './subroutine-rules.js';
import { didYouMean } from './suggest.js';
import { reportSupport } from './support.js';
import { bad, DYNAMIC, isBad, type Value } from './values.js';

type Call = Extract<Expression, { readonly kind: 'call' }>;

export function checkCall(c: Checking, e: Call): Value {
  // The parser has reported it.
  if (e.callee.kind !== 'identifier') return bad(e.span);
  const { name, span } = e.callee;
  const subroutine = subroutines.get(name);
  if (subroutine) return callSubroutine(c, subroutine, e);
  const action = actions.get(name);
  if (action) return callAction(c, action, e);
  const aggregating = aggregatingFunctions.get(name);
  if (aggregating) {
    if (!checkCount(c, aggregating, e.arguments.length, e.span)) return bad(e.span);
    const values = {
      kind: 'aggregating',
      name: name as AggregatingFunction,
      arguments: e.arguments,
    } as const;
    return { ...values, type: DYNAMIC, span: e.span };
  }
  const user = c.scope.functions.get(name);
  if (user) return callFunction(c, user, e);
  const isVariable =
    c.scope.globals.has(name) ||
    builtins.has(name) ||
    name === 'args' ||
    rawArgumentIndex(name) !== undefined;
  if (isVariable) return c.bad('call.not-a-function', span, { name });
  const known = [
    ...subroutines.keys(),
    ...actions.keys(),
    ...aggregatingFunctions.keys(),
    ...c.scope.functions.keys(),
  ];
  return c.bad('call.undefined', span, { name }, didYouMean(name, known));
}

function callSubroutine(c: Checking, subroutine: Prototype, e: Call): Value {
  const values = e.arguments.map((argument) => check(c, argument));
  const args = checkArguments(c, subroutine, values, e.span);
  const type = tableType(subroutine.returns, c.findType);
  if (!args || !type) return bad(e.span);
  const rule = subroutineRules[subroutine.name];
  const wrong = rule?.check?.(c, args, e.span);
  if (wrong) return wrong;
  reportSupport(c, subroutine, e.span);
  const result = rule?.scratch ? pointerTo(VOID, 'scratch') : type;
  const call: Expr = { kind: 'call', name: subroutine.name, type: result, arguments: args, span: e.span };
  if (subroutine.destructive) c.calls.push({ effect: 'record', destructive: true, span: e.span });
  return call;
}

/** `stack()`, `sym(address)` and the like have a value; other actions only do something. */
function callAction(c: Checking, action: Action, e: Call): Value {
  const values = e.arguments.map((argument) => check(c, argument));
  if (!checkCount(c, action, values.length, e.span)) return bad(e.span);
  if (!action.value) return { kind: 'action', name: action.name, type: VOID, span: e.span };
  const args = checkArguments(c, action, values, e.span);
  if (!args || !stackArguments(c, action.name, values)) return bad(e.span);
  reportSupport(c, action, e.span);
  const type = valueType(action, c);
  return type ? { kind: 'call', name: action.name, type, arguments: args, span: e.span } : bad(e.span);
}

/** What an action with a value gives: `ustack` and `jstack` are stacks of their own. */
function valueType(action: Action, c: Checking): Type | undefined {
  const type = tableType(action.returns, c.findType);
  const name = action.name;
  if (name !== 'ustack' && name !== 'jstack') return type;
  const stack: OpaqueType = { kind: 'opaque', name, size: 16 };
  return stack;
}

export function checkCount(c: Checking, entry: Prototype, passed: number, span: Span): boolean {
  const least = requiredCount(entry);
  const most = entry.variadic ? Number.POSITIVE_INFINITY : entry.parameters.length;
  if (passed >= least && passed <= most) return true;
  const bound = least === most ? '' : passed < least ? 'at least ' : 'at most ';
  const expected = passed < least ? least : most;
  c.bad('prototype.length', span, {
    name: `${entry.name}( )`,
    passed,
    what: 'arg',
    expected: `${bound}${expected}`,
  });
  return false;
}

/** The arguments converted to the parameter types; undefined when something was reported. */
export function checkArguments(
  c: Checking,
  entry: Prototype,
  values: readonly Value[],
  span: Span,
): Expr[] | undefined {
  if (values.some(isBad) || !checkCount(c, entry, values.length, span)) return undefined;
  const converted: Expr[] = [];
  for (const [i, value] of values.entries()) {
    const wanted = entry.parameters[i]?.type;
    const type = wanted === undefined ? undefined : tableType(wanted, c.findType);
    if (wanted !== undefined && !type) {
      c.bad('prototype.no-type', value.span, { name: entry.name, wanted });
      return undefined;
    }
    // A string may be copied from like any memory; it is passed as it is.
    if (wanted === 'void *' && isString(value.type)) {
      converted.push(evaluated(c, value));
      continue;
    }
    if (type && !assignable(type, typed(value))) {
      const shown = {
        name: `${entry.name}( )`,
        what: 'argument',
        number: i + 1,
        wanted: shownAs(entry.parameters[i]!),
        type: value.type,
      };
      c.bad('prototype.argument', value.span, shown);
      return undefined;
    }
    const expr = evaluated(c, value);
    if (isBad(expr)) return undefined;
    converted.push(type && !isVoid(type) ? coerce(expr, type, c.strsize) : expr);
  }
  return converted;
}
