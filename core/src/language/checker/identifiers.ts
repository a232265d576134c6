/** What a bare name means: local names, then D's globals, then what is predefined, then kernel enumerators. */
import { actions, aggregatingFunctions } from '../actions.js';
import type { Expression } from '../ast.js';
import { builtins, builtinType, rawArgumentIndex } from '../builtins.js';
import type { Span } from '../source.js';
import { subroutines } from '../subroutines.js';
import { INT64 } from '../types/basic.js';
import { constant } from './build.js';
import { expandInline } from './inlines.js';
import type { GlobalEntity, VariableSymbol } from './scope.js';
import type { Checking } from './state.js';
import { didYouMean } from './suggest.js';
import { DYNAMIC, type Value } from './values.js';

type Identifier = Extract<Expression, { readonly kind: 'identifier' }>;
type Scoped = Extract<Expression, { readonly kind: 'scoped' }>;

/** `create`: an unknown name becomes a new global variable. */
export function checkIdentifier(c: Checking, e: Identifier, create: boolean): Value {
  const local = c.local(e.name);
  if (local) return { ...local, span: e.span } as Value;
  const entity = c.scope.globals.get(e.name);
  if (entity) return checkEntity(c, e, entity);
  const predefined = checkPredefined(c, e.name, e.span);
  if (predefined) return predefined;
  if (create) {
    const symbol: VariableSymbol = { scope: 'global', name: e.name, span: e.span };
    c.scope.globals.set(e.name, { kind: 'variable', symbol });
    return { kind: 'untyped', symbol, type: DYNAMIC, span: e.span };
  }
  const enumerator = c.context.types.findEnumerator(e.name);
  if (enumerator) return constant(enumerator.type, enumerator.value, e.span);
  return c.bad('identifier.undefined', e.span, { name: e.name }, didYouMean(e.name, knownNames(c)));
}

function checkEntity(c: Checking, e: Identifier, entity: GlobalEntity): Value {
  if (entity.kind === 'constant') return constant(entity.type, entity.value, e.span);
  if (entity.kind === 'inline') return expandInline(c, entity, undefined, e.span);
  return reference(c, entity.symbol, e.span);
}

/** A variable without key. */
function reference(c: Checking, symbol: VariableSymbol, span: Span): Value {
  if (symbol.keys) return c.bad('identifier.array-as-scalar', span, { name: symbol.name });
  const { variable } = symbol;
  if (variable) return { kind: 'variable', variable, type: variable.type, span };
  return { kind: 'untyped', symbol, type: DYNAMIC, span };
}

export function checkScoped(c: Checking, e: Scoped, create: boolean): Value {
  return reference(c, scopedSymbol(c, e, create), e.span);
}

/** `self->name` and `this->name` exist from their first mention on. */
export function scopedSymbol(c: Checking, e: Scoped, _create: boolean): VariableSymbol {
  const table = c.scope[e.scope];
  const known = table.get(e.name);
  if (known) return known;
  const symbol: VariableSymbol = { scope: e.scope, name: e.name, span: e.span };
  table.set(e.name, symbol);
  return symbol;
}

function checkPredefined(c: Checking, name: string, span: Span): Value | undefined {
  const index = rawArgumentIndex(name);
  if (index !== undefined) return { kind: 'arg', type: INT64, index, span };
  const builtin = builtins.get(name);
  if (name === 'args' || builtin?.key !== undefined) {
    return c.bad('identifier.array-as-scalar', span, { name });
  }
  if (builtin) {
    const type = builtinType(builtin, c.findType);
    if (type) return { kind: 'builtin', type, name, span };
    return c.bad('identifier.no-type', span, { name, wanted: builtin.type });
  }
  if (isFunctionName(name)) return c.bad('identifier.function-as-scalar', span, { name });
  return name === 'self' || name === 'this' ? c.bad('identifier.scope-as-scalar', span, { name }) : undefined;
}

export function isFunctionName(name: string): boolean {
  return subroutines.has(name) || actions.has(name) || aggregatingFunctions.has(name);
}

/** Names D gives away itself: nothing else may be declared with them. */
export function isPredefined(name: string): boolean {
  const builtin = builtins.get(name);
  return (
    name === 'args' ||
    name === 'self' ||
    name === 'this' ||
    (builtin !== undefined && !builtin.library) ||
    rawArgumentIndex(name) !== undefined ||
    isFunctionName(name)
  );
}

function knownNames(c: Checking): string[] {
  return [
    ...c.scope.globals.keys(),
    ...builtins.keys(),
    'args',
    ...c.frames.flatMap((frame) => [...frame.keys()]),
    ...subroutines.keys(),
  ];
}
