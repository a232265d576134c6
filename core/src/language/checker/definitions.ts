/** Definitions of inlines and translators. Both are checked here once, and expanded where they are used. */
import type { DeclaratorModifier, Expression, InlineDefinition, TranslatorDefinition } from '../ast.js';
import type { Expr } from '../checked.js';
import { nextToken } from '../lexer/trivia.js';
import { pointerTo } from '../types/basic.js';
import { assignable, sameType } from '../types/compatibility.js';
import { asRecord, findMember, isVoid, memberNames, pointee, resolve } from '../types/queries.js';
import type { Member, Type } from '../types.js';
import { storageClass } from './declarations.js';
import { check, evaluated } from './expressions.js';
import { isFunctionName, isPredefined } from './identifiers.js';
import { completeRecord } from './members.js';
import { typed } from './operators.js';
import { checkParameters } from './parameters.js';
import type { Inline, Translator } from './scope.js';
import type { Checking } from './state.js';
import { didYouMean } from './suggest.js';
import { baseType, typeOf, withModifiers } from './type-names.js';
import { isBad, isExpr, type Value } from './values.js';

export function defineInline(c: Checking, definition: InlineDefinition): void {
  const { specifiers, declarator, value, span } = definition;
  const others = specifiers.storage.filter(({ name }) => name !== 'inline');
  if (others[0]) c.bad('declaration.class', others[0].span, { class: others[0].name });
  else storageClass(c, specifiers);
  const base = baseType(c, specifiers.type);
  const [outer, ...inner] = declarator.modifiers;
  const keys = outer?.kind === 'keys' ? outer : undefined;
  const name = declarator.name?.name;
  if (outer?.kind === 'array') {
    c.bad('declaration.array-empty', span, { name: name ?? '' });
    return;
  }
  const type = base && withModifiers(c, base, keys ? inner : declarator.modifiers);
  if (!type || name === undefined) return;
  const previous = previousDefinition(c, name);
  if (previous !== undefined) {
    c.bad('inline.redefined', declarator.span, { name, previous });
    return;
  }
  if (!acceptsInline(c, type, name, span)) return;
  const parameters = keys && inlineParameters(c, keys);
  if (keys && !parameters) return;
  const inline: Inline = { kind: 'inline', name, type, value, span, ...(parameters && { parameters }) };
  checkDefinition(c, inline);
  c.scope.globals.set(name, inline);
}

/** What a name stands for already, as messages say it. */
function previousDefinition(c: Checking, name: string): string | undefined {
  const entity = c.scope.globals.get(name);
  if (entity?.kind === 'inline') return `${entity.parameters ? 'array' : 'scalar'} inline`;
  if (entity) return entity.kind === 'constant' ? 'enumerator ' : 'scalar variable';
  if (isFunctionName(name)) return 'function ';
  return isPredefined(name) ? 'built-in variable' : undefined;
}

function acceptsInline(c: Checking, type: Type, name: string, span: Inline['span']): boolean {
  const record = asRecord(type);
  if (isVoid(type)) c.bad('declaration.void-object', span, { name });
  else if (record && !completeRecord(c, type)?.members) c.bad('declaration.incomplete', span, { type, name });
  else return true;
  return false;
}

function inlineParameters(
  c: Checking,
  keys: Extract<DeclaratorModifier, { readonly kind: 'keys' }>,
): Inline['parameters'] {
  const syntax = keys.keys.map(({ span, specifiers, declarator }) => ({ span, specifiers, declarator }));
  const types = checkParameters(c, 'array', syntax, { anonymous: true });
  return types?.map((type, i) => {
    const name = keys.keys[i]?.declarator.name?.name;
    return name === undefined ? { type } : { type, name };
  });
}

/** The value must go with the declared type, whatever the arguments. */
function checkDefinition(c: Checking, inline: Inline): void {
  const frame = new Map<string, Value>();
  for (const { name, type } of inline.parameters ?? []) {
    if (name !== undefined) frame.set(name, placeholder(c, type, inline.span));
  }
  const value = definedValue(c, frame, inline.value);
  if (isBad(value)) return;
  const from = value.kind === 'translated' ? translatedType(value) : value.type;
  const ok =
    value.kind === 'translated'
      ? sameType(pointeeOrSelf(inline.type), pointeeOrSelf(from))
      : fits(c, inline.type, value);
  if (!ok) c.bad('inline.incompatible', inline.span, { name: inline.name, left: inline.type, right: from });
}

function fits(c: Checking, type: Type, value: Value): boolean {
  return isExpr(value) ? assignable(type, typed(value)) : isBad(evaluated(c, value));
}

const translatedType = (value: Extract<Value, { kind: 'translated' }>): Type =>
  value.pointer ? pointerTo(value.translator.outputType) : value.translator.outputType;

const pointeeOrSelf = (type: Type): Type =>
  resolve(type).kind === 'pointer' ? (pointee(type) ?? type) : type;

/** What a definition says, before it is used. Addresses are slow to look up, and most of a library is never used. */
function definedValue(c: Checking, frame: ReadonlyMap<string, Value>, value: Expression): Value {
  const body = () => c.within(frame, () => check(c, value));
  return c.context.library === true ? c.withoutEvaluation(body) : body();
}

/** Stands for a value known only where the definition is used. */
function placeholder(c: Checking, type: Type, span: Inline['span']): Expr {
  return { kind: 'temp', temp: { id: c.scope.tempId(), type }, type, span };
}

export function defineTranslator(c: Checking, definition: TranslatorDefinition): void {
  const outputType = typeOf(c, definition.output);
  const input = typeOf(c, definition.input);
  if (!outputType || !input) return;
  const end = { noticed: definition.span.end - 1 };
  const known = c.scope.translators.find((t) => sameType(t.input, input) && sameType(t.output, outputType));
  if (known) {
    c.bad('translator.redeclared', definition.span, { from: input, to: outputType }, end);
    return;
  }
  const output = completeRecord(c, outputType);
  if (!output?.members) {
    const id = output ? 'translator.incomplete' : 'translator.not-record';
    c.bad(id, definition.output.span, { type: outputType }, end);
    return;
  }
  const members = new Map<
    string,
    { value: TranslatorDefinition['members'][number]['value']; member: Member }
  >();
  const frame = new Map<string, Value>([[definition.parameter.name, placeholder(c, input, definition.span)]]);
  for (const { name, value, span } of definition.members) {
    const noticed = nextToken(span.source.text, span.end);
    const member = findMember(output, name.name);
    if (!member) {
      const extras = { ...didYouMean(name.name, memberNames(output)), noticed };
      c.bad('translator.member', name.span, { name: name.name, type: outputType }, extras);
      continue;
    }
    const checked = definedValue(c, frame, value);
    if (!isBad(checked) && !memberFits(member.type, checked)) {
      const shown = { name: name.name, left: member.type, right: checked.type };
      c.bad('translator.incompatible', value.span, shown, { noticed });
    }
    members.set(name.name, { value, member });
  }
  const translator: Translator = { definition, output, outputType, input, members };
  c.scope.translators.push(translator);
}

function memberFits(type: Type, value: Value): boolean {
  if (value.kind === 'translated') return sameType(pointeeOrSelf(type), value.translator.outputType);
  return assignable(type, typed(value));
}
