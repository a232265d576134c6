/** Whether the arguments of a printf-like action are what its format asks for. */
import type { Expr } from '../checked.js';
import {
  type Conversion,
  type ConversionArgument,
  conversionArguments,
  type Format,
  parseFormat,
} from '../printf-format.js';
import type { Span } from '../source.js';
import {
  asInteger,
  isCharArray,
  isDynamic,
  isFloat,
  isInteger,
  isPointer,
  isStack,
  isString,
  isStringLike,
  pointee,
  resolve,
  sizeOf,
} from '../types/queries.js';
import type { Type } from '../types.js';
import { toStringValue } from './build.js';
import { evaluated } from './expressions.js';
import type { Checking } from './state.js';
import { isBad, type Value } from './values.js';

/** Something a conversion can consume: an argument, or a key of an aggregation. */
export interface Printable {
  readonly type: Type;
  readonly span: Span;
}

export interface PrintContext {
  /** As in messages: `printf`. */
  readonly name: string;
  readonly span: Span;
  /** Set for printa: what `%@` prints. */
  readonly aggregated?: Type;
}

/** The format's parts; undefined when it was reported as malformed. */
export function checkFormat(c: Checking, text: string, context: PrintContext): Format | undefined {
  const { name, span } = context;
  if (text === '') {
    c.bad('printf.empty', span, { name });
    return undefined;
  }
  const format = parseFormat(text);
  if (!('problem' in format)) return format;
  c.bad(`printf.${format.problem}`, span, { ...format });
  return undefined;
}

/** Goes through conversions and values together. False when something was reported. */
export function checkConversions(
  c: Checking,
  format: Format,
  values: readonly Printable[],
  context: PrintContext,
): { readonly consumed: number } | undefined {
  let next = 0;
  for (const [i, conversion] of format.conversions.entries()) {
    if (conversion.name === '%') continue;
    for (const dynamic of dynamicParts(conversion)) {
      const size = values[next];
      const shown = { name: context.name, conversion: i + 1, text: conversion.name, dynamic };
      if (!size) return reported(c.bad('printf.no-size', context.span, shown));
      if (!isInteger(size.type)) {
        return reported(
          c.bad('printf.size-type', size.span, { ...shown, number: next + 2, type: size.type }),
        );
      }
      next++;
    }
    if (conversion.flags.aggregation) {
      if (!context.aggregated)
        return reported(c.bad('printf.aggregation', context.span, { name: context.name }));
      const value = { type: context.aggregated, span: context.span };
      if (!matches(c, conversion, i, value, 'aggregating action', context)) return undefined;
      continue;
    }
    const value = values[next];
    if (!value) {
      const shown = { name: context.name, conversion: i + 1, text: conversion.name };
      return reported(c.bad('printf.no-argument', context.span, shown));
    }
    if (!matches(c, conversion, i, value, `argument #${next + 2}`, context)) return undefined;
    next++;
  }
  return { consumed: next };
}

const reported = (_error: Expr): undefined => undefined;

/** The width's `*` is consumed before the precision's. */
function dynamicParts({ width, precision }: Conversion): string[] {
  return [...(width === 'argument' ? ['*'] : []), ...(precision === 'argument' ? ['.*'] : [])];
}

function matches(
  c: Checking,
  conversion: Conversion,
  index: number,
  value: Printable,
  what: string,
  context: PrintContext,
): boolean {
  const wanted = conversionArguments.get(conversion.name);
  if (!wanted || accepts[wanted](value.type, c)) return true;
  const hint =
    wanted === 'string' && isStringLike(value.type)
      ? { hint: 'use stringof(…) to print what it points to' }
      : {};
  const shown = {
    name: context.name,
    what,
    conversion: index + 1,
    text: conversion.name,
    wanted: conversionTypes[wanted],
    type: isDynamic(value.type) ? 'aggregation' : value.type,
  };
  c.bad('printf.argument-type', value.span, shown, hint);
  return false;
}

/** How messages name what a conversion takes. */
const conversionTypes: Record<ConversionArgument, string> = {
  integer: 'char, short, int, long, or long long',
  character: 'char, short, or int',
  float: 'float, double, or long double',
  short: 'short',
  'unsigned short': 'unsigned short',
  'any short': 'short or unsigned short',
  int: 'int',
  long: 'long',
  'unsigned long': 'unsigned long',
  'any long': 'long or unsigned long',
  'long long': 'long long',
  'unsigned long long': 'unsigned long long',
  'any long long': 'long long or unsigned long long',
  string: 'char [] or string (or use stringof)',
  'wide string': 'wchar_t []',
  'kernel address': 'pointer or integer',
  'user address': 'pointer or integer',
  address: 'pointer or integer',
  stack: 'stack',
  time: 'integer of 64 bits',
  port: 'uint16_t',
  host: 'char [] or string (or use stringof)',
  nothing: 'nothing',
};

type Accepts = (type: Type, c: Checking) => boolean;

const size = (type: Type): number => sizeOf(type, 0) ?? 0;
const isPrintedAsAddress = (type: Type): boolean => isPointer(type) || isInteger(type);
const isOpaque = (type: Type, name: string): boolean => {
  const bare = resolve(type);
  return bare.kind === 'opaque' && bare.name === name;
};

/** `long unsigned int` and `unsigned long` are one type in two spellings. */
function spelled(...names: readonly string[]): (type: Type) => boolean {
  const known = new Set(names.map(canonicalName));
  return (type) => {
    const bare = resolve(type);
    return bare.kind === 'integer' && known.has(canonicalName(bare.name));
  };
}

const canonicalName = (name: string): string =>
  name
    .split(' ')
    .filter((word, _i, words) => word !== 'signed' && (word !== 'int' || words.length === 1))
    .sort()
    .join(' ');

const isLongLong = spelled('long long', 'unsigned long long');

/** `int64_t` is a `long` here but prints with `%llx` everywhere. */
function isNamedInt64(type: Type): boolean {
  for (let t = type; t.kind === 'typedef'; t = t.to) {
    if (t.name === 'int64_t' || t.name === 'uint64_t') return true;
  }
  return false;
}

const accepts: Record<ConversionArgument, Accepts> = {
  integer: isInteger,
  character: (type) => isInteger(type) && size(type) <= 4,
  float: isFloat,
  short: spelled('short'),
  'unsigned short': spelled('unsigned short'),
  'any short': spelled('short', 'unsigned short'),
  int: spelled('int'),
  long: spelled('long'),
  'unsigned long': spelled('unsigned long'),
  'any long': spelled('long', 'unsigned long'),
  'long long': (type) =>
    spelled('long long')(type) || (isNamedInt64(type) && (asInteger(type)?.signed ?? false)),
  'unsigned long long': (type) =>
    spelled('unsigned long long')(type) || (isNamedInt64(type) && !(asInteger(type)?.signed ?? true)),
  'any long long': (type) => isLongLong(type) || isNamedInt64(type),
  string: (type) => isString(type) || isCharArray(type),
  'wide string': (type) => resolve(type).kind === 'array' && size(pointee(type) ?? type) === 4,
  'kernel address': (type) => isPrintedAsAddress(type) || isOpaque(type, 'symaddr'),
  'user address': (type, c) =>
    isOpaque(type, 'usymaddr') || ((c.context.macros.named.target ?? 0n) !== 0n && isPrintedAsAddress(type)),
  address: isPrintedAsAddress,
  stack: isStack,
  time: (type) => isInteger(type) && size(type) === 8,
  port: (type) => isInteger(type) && size(type) === 2,
  host: (type) => isString(type) || isCharArray(type),
  nothing: () => true,
};

/** Arguments as they are recorded: characters in an array as the string they hold. */
export function recorded(c: Checking, value: Value): Expr | undefined {
  const expr = evaluated(c, value);
  if (isBad(expr)) return undefined;
  return isCharArray(expr.type) ? toStringValue(expr, c.strsize) : expr;
}
