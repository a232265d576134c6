/** `xlate <type> (value)`: members of the result are the translator's expressions over the value. */
import type { Expression } from '../ast.js';
import type { Expr } from '../checked.js';
import type { Span } from '../source.js';
import { assignable, sameType } from '../types/compatibility.js';
import { asRecord, isDynamic, pointee, resolve } from '../types/queries.js';
import type { Type } from '../types.js';
import { coerce, isLeaf, wrapLets } from './build.js';
import { check, checkValue, evaluated } from './expressions.js';
import type { Translator } from './scope.js';
import type { Checking } from './state.js';
import { didYouMean } from './suggest.js';
import { typeOf } from './type-names.js';
import { bad, DYNAMIC, isBad, type Let, type Translated, type Value } from './values.js';

export function checkXlate(c: Checking, e: Extract<Expression, { readonly kind: 'xlate' }>): Value {
  const type = typeOf(c, e.type);
  const input = check(c, e.operand);
  if (isBad(input)) return input;
  if (!type) return bad(e.span);
  const translator = isDynamic(input.type) ? undefined : findTranslator(c, input.type, type);
  if (!translator) return c.bad('translator.none', e.span, { from: input.type, to: type });
  return translate(translator, evaluated(c, input), type, e.span);
}

/** By exact input type first, then by what the input may be assigned to. */
export function findTranslator(c: Checking, from: Type, to: Type): Translator | undefined {
  const output = resolve(to).kind === 'pointer' ? pointee(to) : to;
  if (!output || !asRecord(output)) return undefined;
  const candidates = c.scope.translators.filter((translator) => sameType(translator.output, output));
  return (
    candidates.find((translator) => sameType(translator.input, from)) ??
    candidates.find((translator) => assignable(translator.input, { type: from }))
  );
}

export function translate(translator: Translator, input: Expr, type: Type, span: Span): Translated {
  const pointer = resolve(type).kind === 'pointer';
  return { kind: 'translated', translator, input, pointer, lets: [], type: DYNAMIC, span };
}

export function translatedMember(c: Checking, object: Translated, name: string, span: Span): Value {
  const { translator } = object;
  const entry = translator.members.get(name);
  if (!entry) {
    const hint = didYouMean(name, translator.members.keys());
    return c.bad('translator.no-conversion', span, { name, type: translator.outputType }, hint);
  }
  const { input, lets } = bound(c, object);
  const frame = new Map([[translator.definition.parameter.name, input]]);
  const value = c.within(frame, () => check(c, entry.value));
  if (isBad(value)) return bad(span);
  if (value.kind === 'translated') return { ...value, lets: [...lets, ...value.lets], span };
  const expr = coerce(evaluated(c, value), entry.member.type, c.strsize);
  return wrapLets({ ...expr, span }, lets);
}

/** The translator's input as something that may be named many times. */
function bound(c: Checking, { input, lets }: Translated): { input: Expr; lets: readonly Let[] } {
  if (isLeaf(input)) return { input, lets };
  const temp = { id: c.scope.tempId(), type: input.type };
  return {
    input: { kind: 'temp', temp, type: input.type, span: input.span },
    lets: [...lets, { temp, value: input }],
  };
}

/** A translated struct as a value of its own: all members the translator defines, the others zero. */
export function materialize(c: Checking, object: Translated): Expr {
  const { translator, span } = object;
  if (object.pointer) return c.bad('translator.pointer', span, { type: translator.outputType });
  const { input, lets } = bound(c, object);
  const frame = new Map([[translator.definition.parameter.name, input]]);
  const members = [...translator.members.values()].map(({ member, value }) => {
    const expr = c.within(frame, () => checkValue(c, value));
    return { member, value: coerce(expr, member.type, c.strsize) };
  });
  return wrapLets({ kind: 'record', type: translator.outputType, members, span }, lets);
}
