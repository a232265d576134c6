/** From specifiers and declarators to types. */
import type { BaseType, Declarator, DeclaratorModifier, Parameter, Specifiers, TypeName } from '../ast.js';
import type { Span } from '../source.js';
import { arrayOf, DYNAMIC, pointerTo, STRING, wordsType } from '../types/basic.js';
import { isProcessModule } from '../types/process-module.js';
import { isDynamic, isVoid } from '../types/queries.js';
import type { Type } from '../types.js';
import { positiveConstant } from './constants.js';
import { check } from './expressions.js';
import { checkParameters } from './parameters.js';
import { declareEnum, declareRecord } from './records.js';
import type { Checking } from './state.js';
import { didYouMean } from './suggest.js';
import { isBad } from './values.js';

/** The type a type name denotes; undefined when that was reported. */
export function typeOf(c: Checking, name: TypeName): Type | undefined {
  return declaredType(c, name.specifiers, name.declarator);
}

export function parameterType(c: Checking, parameter: Parameter): Type | undefined {
  for (const { name, span } of parameter.specifiers.storage) {
    if (name !== 'register') c.bad('declaration.parameter-class', span, { class: name });
  }
  // An associative array is nothing that could be passed.
  if (parameter.declarator.modifiers[0]?.kind === 'keys') return DYNAMIC;
  return declaredType(c, parameter.specifiers, parameter.declarator);
}

export function declaredType(c: Checking, specifiers: Specifiers, declarator: Declarator): Type | undefined {
  const base = baseType(c, specifiers.type);
  const type = base && withModifiers(c, base, declarator.modifiers);
  const { type: written } = specifiers;
  const user =
    (specifiers.qualifiers as readonly string[]).includes('userland') ||
    ('module' in written && isProcessModule(written.module));
  return user && type?.kind === 'pointer' ? pointerTo(type.to, 'user') : type;
}

/** Modifiers are read inside out: the last one applies to the base type first. */
export function withModifiers(
  c: Checking,
  base: Type,
  modifiers: readonly DeclaratorModifier[],
): Type | undefined {
  return modifiers.reduceRight<Type | undefined>(
    (type, modifier) => type && modified(c, type, modifier),
    base,
  );
}

function modified(c: Checking, type: Type, modifier: DeclaratorModifier): Type | undefined {
  switch (modifier.kind) {
    case 'pointer':
      return pointerTo(type);
    case 'array':
      return array(c, type, modifier);
    case 'keys':
      c.bad('declaration.nested-array', modifier.span);
      return undefined;
    case 'function':
      return {
        kind: 'function',
        returns: type,
        parameters:
          checkParameters(c, 'function', modifier.parameters, { void: true, anonymous: true }) ?? [],
        variadic: modifier.variadic,
      };
  }
}

function array(
  c: Checking,
  of: Type,
  { size, span }: Extract<DeclaratorModifier, { kind: 'array' }>,
): Type | undefined {
  if (isVoid(of)) {
    c.bad('declaration.void-array', span);
    return undefined;
  }
  if (!size) return arrayOf(of);
  const length = positiveConstant(c, size, 'declaration.array-size');
  if (length === undefined) return undefined;
  if (length > 0xffff_ffffn) {
    c.bad('declaration.array-large', span);
    return undefined;
  }
  return arrayOf(of, Number(length));
}

export function baseType(c: Checking, base: BaseType): Type | undefined {
  switch (base.kind) {
    case 'words':
      return words(c, base.words, base.span);
    case 'string':
      return STRING;
    case 'name':
      return named(c, base);
    case 'struct':
    case 'union':
      return declareRecord(c, base);
    case 'enum':
      return declareEnum(c, base);
    case 'typeof': {
      const value = c.withoutEvaluation(() => check(c, base.value));
      return isBad(value) || isDynamic(value.type) ? undefined : value.type;
    }
  }
}

const baseWords = new Set(['char', 'int', 'void', 'float', 'double', '_Bool', 'bool']);

/** Which words may stand beside `char` and `void`. */
function words(c: Checking, written: readonly string[], span: Span): Type | undefined {
  const type = wordsType(written);
  if (type) return type;
  const has = (word: string): boolean => written.includes(word);
  const text = written.join(' ');
  if (written.filter((word) => baseWords.has(word)).length > 1)
    c.bad('declaration.mixed', span, { words: text });
  else if (has('char')) c.bad('declaration.char', span, { words: text });
  else if (has('void')) c.bad('declaration.void', span, { words: text });
  else c.bad('declaration.words', span, { words: inOrder(written) });
  return undefined;
}

const wordOrder = ['signed', 'unsigned', 'short', 'long', 'char', 'int', 'float', 'double'];
const inOrder = (words: readonly string[]): string =>
  [...words].sort((a, b) => wordOrder.indexOf(a) - wordOrder.indexOf(b)).join(' ');

function named(c: Checking, base: Extract<BaseType, { kind: 'name' }>): Type | undefined {
  const module = base.module === '' ? undefined : base.module;
  const type = c.findTypedef(base.name, module);
  if (!type)
    c.bad('type.unknown', base.span, { name: base.name }, didYouMean(base.name, c.scope.typedefs.keys()));
  return type;
}
