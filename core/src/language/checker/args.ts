/** `args[i]`: the probe's typed arguments, translated where its provider says so. */
import type { Expression } from '../ast.js';
import { assignable } from '../types/compatibility.js';
import { isString } from '../types/queries.js';
import { toStringValue } from './build.js';
import { check } from './expressions.js';
import type { Checking } from './state.js';
import { findTranslator, translate } from './translations.js';
import { constantOf, isBad, type Value } from './values.js';

export function checkArgs(c: Checking, e: Extract<Expression, { readonly kind: 'index' }>): Value {
  const [key, ...more] = e.keys;
  if (!key || more.length > 0) {
    return c.bad('prototype.length', e.span, {
      name: 'args[ ]',
      passed: e.keys.length,
      what: 'arg',
      expected: 1,
    });
  }
  const value = check(c, key);
  if (isBad(value)) return value;
  const index = constantOf(value);
  if (index === undefined) {
    const values = {
      name: 'args[ ]',
      what: 'argument',
      number: 1,
      wanted: 'integer constant',
      type: value.type,
    };
    return c.bad('prototype.argument', value.span, values);
  }
  const { probe } = c;
  if (!probe) return c.bad('args.outside', e.span);
  if (!probe.args) return c.bad('args.unstable', e.span, { probe: probe.name });
  const argument = index < 0n || index > 255n ? undefined : probe.args[Number(index)];
  if (!argument) {
    const hint =
      probe.args.length === 0
        ? { hint: 'this probe has no typed arguments; arg0 … arg9 may hold raw ones' }
        : {};
    return c.bad('args.range', e.span, { index, probe: probe.name }, hint);
  }
  return typedArgument(c, Number(index), argument, e);
}

function typedArgument(
  c: Checking,
  index: number,
  argument: NonNullable<NonNullable<Checking['probe']>['args']>[number],
  e: Extract<Expression, { readonly kind: 'index' }>,
): Value {
  const { type, native = type, missing } = argument;
  if (missing !== undefined) return c.bad('args.missing', e.span, { index, missing });
  const value = { kind: 'probe-arg', type: native, index, span: e.span } as const;
  if (native === type) return value;
  const translator = findTranslator(c, native, type);
  if (translator) return translate(translator, value, type, e.span);
  if (assignable(type, { type: native }))
    return isString(type) ? toStringValue(value, c.strsize) : { ...value, type };
  return c.bad('args.no-translator', e.span, { index, native, type });
}
