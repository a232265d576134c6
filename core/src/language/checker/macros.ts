/** Macro variables: `$pid`, `$target`, `$1`, `$$1`, `$#`. Their values are constants of the program. */

import type { Expression } from '../ast.js';
import type { Span } from '../source.js';
import { bytesOfText } from '../text-bytes.js';
import { literalType, wrap } from '../types/arithmetic.js';
import { INT, stringOf } from '../types/basic.js';
import { constant } from './build.js';
import { check } from './expressions.js';
import type { Checking } from './state.js';
import { didYouMean } from './suggest.js';
import type { Value } from './values.js';

export function checkMacro(c: Checking, e: Extract<Expression, { readonly kind: 'macro' }>): Value {
  const [, dollars = '$', name = ''] = /^(\${0,2})(.*)$/.exec(e.name) ?? [];
  const quoted = dollars === '$$';
  if (/^\d+$/.test(name)) return argument(c, Number(name), quoted, e);
  const { named, arguments: values } = c.context.macros;
  const value = name === '#' ? BigInt(Math.max(values.length - 1, 0)) : named[name];
  if (value === undefined) {
    return c.bad('macro.undefined-variable', e.span, { name: e.name }, didYouMean(name, Object.keys(named)));
  }
  return quoted ? text(`${value}`, e.span) : constant(INT, wrap(INT, value), e.span);
}

function argument(c: Checking, index: number, quoted: boolean, e: { name: string; span: Span }): Value {
  const { macros, options } = c.context;
  const given = macros.arguments[index];
  if (given === undefined && !options.defaultArguments && !c.scope.settings.defaultArguments) {
    return c.bad('macro.undefined-argument', e.span, { name: e.name });
  }
  c.scope.usedArguments.add(index);
  if (quoted) return text(given ?? '', e.span);
  const value = given ?? '0';
  const number = /^([-+]?)(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)$/.exec(value);
  if (number) return integer(c, number, e);
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(value))
    return check(c, { kind: 'identifier', name: value, span: e.span });
  const unquoted = /^".*"$/.test(value) ? value.slice(1, -1) : value;
  return text(unquoted, e.span);
}

function integer(c: Checking, match: RegExpExecArray, e: { name: string; span: Span }): Value {
  const [whole, sign = '', digits = '0', suffix = ''] = match;
  const octal = /^0[0-7]+$/.test(digits);
  const magnitude = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  const decimal = !digits.startsWith('0');
  const type = magnitude >= 1n << 64n ? undefined : literalType(magnitude, suffix.toLowerCase(), decimal);
  if (!type) return c.bad('macro.overflow', e.span, { name: e.name, text: whole });
  return constant(type, sign === '-' ? -magnitude : magnitude, e.span);
}

const text = (value: string, span: Span): Value => ({
  kind: 'string',
  type: stringOf(bytesOfText(value).length + 1),
  value,
  span,
});
