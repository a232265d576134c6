/** Declarations outside of clauses: typedefs, externs, and variables with a type of their own. */
import type { DeclarationStatement, Declarator, DeclaratorModifier, Specifiers, Storage } from '../ast.js';
import type { Variable } from '../checked.js';
import type { Span } from '../source.js';
import { isReplaceable } from '../types/basic.js';
import { sameType } from '../types/compatibility.js';
import { asRecord, isFunction, isVoid, resolve } from '../types/queries.js';
import type { Type } from '../types.js';
import { isPredefined } from './identifiers.js';
import { completeRecord } from './members.js';
import { checkParameters } from './parameters.js';
import type { VariableSymbol } from './scope.js';
import type { Checking } from './state.js';
import { baseType, withModifiers } from './type-names.js';
import { defineVariable } from './variables.js';

export function checkDeclaration(c: Checking, declaration: DeclarationStatement): void {
  const storage = storageClass(c, declaration.specifiers);
  const base = baseType(c, declaration.specifiers.type);
  if (declaration.declarators.length === 0) {
    const { kind } = declaration.specifiers.type;
    const declaresTag = kind === 'struct' || kind === 'union' || kind === 'enum';
    if (!declaresTag) c.bad('declaration.useless', declaration.span);
    return;
  }
  for (const { declarator } of declaration.declarators) {
    if (base) declare(c, storage, base, declarator, declaration.span);
  }
}

/** The one storage class written, if any. */
export function storageClass(c: Checking, { storage }: Specifiers): Storage | undefined {
  const [first, second] = storage;
  if (second) c.bad('declaration.classes', second.span);
  return first?.name;
}

function declare(
  c: Checking,
  storage: Storage | undefined,
  base: Type,
  declarator: Declarator,
  span: Span,
): void {
  const [outer, ...inner] = declarator.modifiers;
  const keys = outer?.kind === 'keys' ? outer : undefined;
  const type = withModifiers(c, base, keys ? inner : declarator.modifiers);
  const name = declarator.name;
  if (!type || !name) return;
  const implicitExtern = isFunction(type) && (storage === undefined || storage === 'static');
  const what = implicitExtern ? 'extern' : storage;
  switch (what) {
    case 'auto':
    case 'register':
    case 'static':
      c.bad('declaration.class', span, { class: what });
      return;
    case 'extern':
      declareExtern(c, name.name, type, name.span);
      return;
    case 'typedef':
      declareTypedef(c, name.name, type, name.span);
      return;
    default:
      declareVariable(c, what === 'self' || what === 'this' ? what : 'global', name, type, keys, outer);
  }
}

function declareExtern(c: Checking, name: string, type: Type, span: Span): void {
  const previous = c.scope.externs.get(name);
  if (previous && !sameType(previous, type)) c.bad('declaration.redeclared', span, { name });
  else c.scope.externs.set(name, type);
}

function declareTypedef(c: Checking, name: string, type: Type, span: Span): void {
  const { typedefs, globals } = c.scope;
  const known = typedefs.get(name);
  if (known && !isReplaceable(name, known)) {
    // As in C, the same may be said again.
    if (!sameType(known, type)) c.bad('declaration.typedef-redeclared', span, { name });
    return;
  }
  if (globals.has(name) || isPredefined(name)) {
    c.bad('declaration.redeclared', span, { name });
    return;
  }
  typedefs.set(name, { kind: 'typedef', name, to: type });
}

type Keys = Extract<DeclaratorModifier, { readonly kind: 'keys' }>;

function declareVariable(
  c: Checking,
  scope: Variable['scope'],
  { name, span }: NonNullable<Declarator['name']>,
  type: Type,
  keys: Keys | undefined,
  outer: DeclaratorModifier | undefined,
): void {
  if (outer?.kind === 'array' && !outer.size) {
    c.bad('declaration.array-empty', span, { name });
    return;
  }
  const taken = c.scope.typedefs.has(name);
  const foreign = scope === 'global' && (isPredefined(name) || isOtherGlobal(c, name));
  if (taken || foreign) {
    c.bad('declaration.redeclared', span, { name });
    return;
  }
  if (keys && scope === 'this') {
    c.bad('declaration.local-array', span, { name });
    return;
  }
  const types = keys && keyTypes(c, keys);
  if (keys && !types) return;
  const known = knownSymbol(c, scope, name);
  if (known && (known.variable || known.keys)) {
    if (!agrees(known, type, types)) c.bad('declaration.redeclared', span, { name });
    return;
  }
  if (!acceptsObject(c, type, name, span)) return;
  const symbol = known ?? { scope, name, span };
  if (scope === 'global') c.scope.globals.set(name, { kind: 'variable', symbol });
  else c.scope[scope].set(name, symbol);
  defineVariable(symbol, completeRecord(c, type) ?? type, types, c.scope.variableId());
}

const isOtherGlobal = (c: Checking, name: string): boolean => {
  const entity = c.scope.globals.get(name);
  return entity !== undefined && entity.kind !== 'variable';
};

function knownSymbol(c: Checking, scope: Variable['scope'], name: string): VariableSymbol | undefined {
  if (scope !== 'global') return c.scope[scope].get(name);
  const entity = c.scope.globals.get(name);
  return entity?.kind === 'variable' ? entity.symbol : undefined;
}

function keyTypes(c: Checking, keys: Keys): Type[] | undefined {
  const parameters = keys.keys.map(({ span, specifiers, declarator }) => ({ span, specifiers, declarator }));
  return checkParameters(c, 'array', parameters, { anonymous: true });
}

function agrees(symbol: VariableSymbol, type: Type, keys: readonly Type[] | undefined): boolean {
  const { variable, keys: known } = symbol;
  if (variable && !sameType(variable.type, type)) return false;
  if (known?.length !== keys?.length) return false;
  return (keys ?? []).every((key, i) => sameType(key, known![i]!));
}

export function acceptsObject(c: Checking, type: Type, name: string, span: Span): boolean {
  if (isVoid(type)) c.bad('declaration.void-object', span, { name });
  else if (asRecord(type) && !completeRecord(c, type)?.size)
    c.bad('declaration.incomplete', span, { type, name });
  else {
    const bare = resolve(type);
    if (bare.kind !== 'enum' || bare.enumerators) return true;
    c.bad('declaration.incomplete', span, { type, name });
  }
  return false;
}
