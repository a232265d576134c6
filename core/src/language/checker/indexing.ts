/** `a[i]`: associative arrays, C arrays and pointers, built-in arrays, inlines with keys, aggregations. */
import type { Expression } from '../ast.js';
import { builtins, builtinType } from '../builtins.js';
import type { Expr } from '../checked.js';
import type { Span } from '../source.js';
import { CHAR, INT, stringOf } from '../types/basic.js';
import { typeName } from '../types/names.js';
import { isFunction, isInteger, isSigned, isString, isVoid, pointee } from '../types/queries.js';
import { checkAggregationKeys } from './aggregation-references.js';
import { checkArgs } from './args.js';
import { move } from './binary.js';
import { constant, convert, load } from './build.js';
import { check, checkValue, evaluated } from './expressions.js';
import { scopedSymbol } from './identifiers.js';
import { expandInline } from './inlines.js';
import { checkKeys } from './keys.js';
import { incompatible } from './operators.js';
import type { VariableSymbol } from './scope.js';
import type { Checking } from './state.js';
import { bad, constantOf, DYNAMIC, isBad, type Value } from './values.js';

type Index = Extract<Expression, { readonly kind: 'index' }>;

/** `create`: an unknown name becomes a new associative array. */
export function checkIndex(c: Checking, e: Index, create: boolean): Value {
  const { object } = e;
  if (object.kind === 'aggregation') return checkAggregationKeys(c, e, object, create);
  if (object.kind === 'scoped') {
    const symbol = scopedSymbol(c, object, create);
    if (symbol.keys || !symbol.variable) return element(c, symbol, e);
  }
  if (object.kind === 'identifier' && !c.local(object.name)) {
    const found = named(c, e, object, create);
    if (found) return found;
  }
  return arrayElement(c, e);
}

/** Names that are arrays of some kind; undefined when the name stands for an ordinary value. */
function named(
  c: Checking,
  e: Index,
  object: Extract<Expression, { kind: 'identifier' }>,
  _create: boolean,
): Value | undefined {
  const { name, span } = object;
  const entity = c.scope.globals.get(name);
  if (entity?.kind === 'inline')
    return entity.parameters ? expandInline(c, entity, e.keys, e.span) : undefined;
  if (entity?.kind === 'variable') {
    const { symbol } = entity;
    return symbol.keys || !symbol.variable ? element(c, symbol, e) : undefined;
  }
  if (entity) return undefined;
  if (name === 'args') return checkArgs(c, e);
  if (builtins.get(name)?.key !== undefined) return builtinElement(c, name, e);
  const check = c.withoutEvaluation(() => isPlainName(c, name));
  if (check) return undefined;
  const symbol: VariableSymbol = { scope: 'global', name, span };
  c.scope.globals.set(name, { kind: 'variable', symbol });
  return element(c, symbol, e);
}

const isPlainName = (c: Checking, name: string): boolean =>
  builtins.has(name) || /^arg[0-9]$/.test(name) || c.context.types.findEnumerator(name) !== undefined;

function element(c: Checking, symbol: VariableSymbol, e: Index): Value {
  if (symbol.scope === 'this') return c.bad('array.local', e.span, { name: symbol.name });
  const keys = checkKeys(c, symbol, e.keys, { what: 'array', name: symbol.name, span: e.span });
  if (!keys) return bad(e.span);
  const { variable } = symbol;
  if (!variable) return { kind: 'untyped', symbol, keys, type: DYNAMIC, span: e.span };
  return { kind: 'element', variable, keys, type: variable.type, span: e.span };
}

/** The largest index that uregs[] has on any machine. */
const LAST_REGISTER = 33n;

function builtinElement(c: Checking, name: string, e: Index): Value {
  const builtin = builtins.get(name)!;
  if (e.keys.length !== 1) {
    return c.bad('prototype.length', e.span, {
      name: `${name}[ ]`,
      passed: e.keys.length,
      what: 'arg',
      expected: 1,
    });
  }
  const key = checkValue(c, e.keys[0]!);
  if (isBad(key)) return key;
  const value = constantOf(key);
  if (!isInteger(key.type) || (!builtin.library && value === undefined)) {
    return c.bad('prototype.argument', key.span, {
      name: `${name}[ ]`,
      what: 'argument',
      number: 1,
      wanted: builtin.library ? 'int' : 'integer constant',
      type: key.type,
    });
  }
  const beyond = value !== undefined && !builtin.library && value > LAST_REGISTER;
  if (beyond || (value !== undefined && value < 0n && isSigned(key.type))) {
    return c.bad('array.register', e.span, { name, index: value });
  }
  const type = builtinType(builtin, c.findType);
  if (!type) return c.bad('identifier.no-type', e.span, { name, wanted: builtin.type });
  return { kind: 'builtin-element', type, name, keys: [convert(key, INT)], span: e.span };
}

/** `E1[E2]` is `*(E1 + E2)`. */
function arrayElement(c: Checking, e: Index): Value {
  const object = check(c, e.object);
  const [first, ...more] = e.keys;
  if (isBad(object) || !first) return object;
  if (more.length > 0) {
    const what = e.object.kind === 'identifier' ? `scalar ${e.object.name}` : typeName(object.type);
    return c.bad('array.not-associative', e.span, { what });
  }
  const index = check(c, first);
  if (isBad(index)) return index;
  if (isString(object.type) && isInteger(index.type))
    return characterAt(evaluated(c, object), evaluated(c, index), e.span);
  if (isInteger(object.type) && isInteger(index.type))
    return c.bad('dereference.not-pointer', e.span, { type: object.type });
  const to = pointee(object.type);
  if (!to || !isInteger(index.type)) return incompatible(c, '+', object, index, e.span);
  if (isVoid(to)) return incompatible(c, '+', object, index, e.span);
  if (isFunction(to)) return c.bad('dereference.function', e.span);
  const address = move(c, '+', evaluated(c, object), evaluated(c, index), e.span);
  return isBad(address) ? address : load(to, address, e.span);
}

/** Strings are values without an address: their bytes are fetched by the subroutine `charat`. */
export function characterAt(string: Expr, index: Expr, span: Span): Expr {
  return { kind: 'call', name: 'charat', type: CHAR, arguments: [string, convert(index, INT)], span };
}

/** `string + n`: the string from its nth character on. */
export function suffixOf(string: Expr, count: Expr, span: Span): Expr {
  const value = constantOf(count);
  const from = value === undefined ? convert(count, INT) : constant(INT, value, span);
  return { kind: 'call', name: 'substr', type: stringOf(), arguments: [string, from], span };
}
