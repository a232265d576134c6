/** Inlines: their definition is checked in place of the name, in its own surroundings. */
import type { Expression } from '../ast.js';
import type { Expr } from '../checked.js';
import type { Span } from '../source.js';
import { assignable } from '../types/compatibility.js';
import { isPointer } from '../types/queries.js';
import { coerce, isLeaf, wrapLets } from './build.js';
import { check, checkValue, evaluated } from './expressions.js';
import { typed } from './operators.js';
import type { Inline } from './scope.js';
import type { Checking } from './state.js';
import { bad, isBad, type Let, type Value } from './values.js';

/** `keys`: the arguments of an inline with parameters. */
export function expandInline(
  c: Checking,
  inline: Inline,
  keys: readonly Expression[] | undefined,
  span: Span,
): Value {
  const parameters = inline.parameters ?? [];
  const name = `${inline.name}[ ]`;
  if (inline.parameters && !keys) return c.bad('identifier.array-as-scalar', span, { name: inline.name });
  if (keys && keys.length !== parameters.length) {
    return c.bad('prototype.length', span, {
      name,
      passed: keys.length,
      what: 'key',
      expected: parameters.length,
    });
  }
  const frame = new Map<string, Value>();
  const lets: Let[] = [];
  for (const [i, parameter] of parameters.entries()) {
    const argument = checkValue(c, keys![i]!);
    if (isBad(argument)) return argument;
    if (!assignable(parameter.type, typed(argument))) {
      const values = { name, what: 'key', number: i + 1, wanted: parameter.type, type: argument.type };
      return c.bad('prototype.argument', argument.span, values);
    }
    const value = coerce(argument, parameter.type, c.strsize);
    if (parameter.name === undefined) continue;
    frame.set(parameter.name, isLeaf(value) ? value : bind(c, value, lets));
  }
  const value = c.expand(inline.name, span, () => c.within(frame, () => check(c, inline.value)));
  if (isBad(value)) return bad(span);
  if (value.kind === 'translated') {
    const handle = value.pointer && isPointer(value.input.type) ? { handle: value.input } : {};
    return { ...value, lets: [...lets, ...value.lets], span, ...handle };
  }
  const expr = coerce(evaluated(c, value), inline.type, c.strsize);
  return wrapLets({ ...expr, span }, lets);
}

function bind(c: Checking, value: Expr, lets: Let[]): Expr {
  const temp = { id: c.scope.tempId(), type: value.type };
  lets.push({ temp, value });
  return { kind: 'temp', temp, type: value.type, span: value.span };
}
