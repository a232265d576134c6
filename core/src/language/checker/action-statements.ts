/** Actions as statements: what each records, and what is fixed beside it. */
import { type Action, actions } from '../actions.js';
import type { Expression } from '../ast.js';
import type { ActionStmt } from '../checked.js';
import { UINT64 } from '../types/basic.js';
import { isDynamic, isInteger, isPointer, isVoid, pointee, sizeOf } from '../types/queries.js';
import { aggregationArgument, checkPrinta } from './aggregation-actions.js';
import { convert, decay } from './build.js';
import { checkArguments, checkCount } from './calls.js';
import { check, evaluated } from './expressions.js';
import { completeRecord } from './members.js';
import { checkConversions, checkFormat, recorded } from './printf.js';
import { stackArguments } from './stack-arguments.js';
import type { Checking } from './state.js';
import { reportSupport } from './support.js';
import { constantOf, isBad, type Value } from './values.js';

export type Call = Extract<Expression, { readonly kind: 'call' }>;

/** What an action's own check gives; undefined when something was reported. */
export type ActionParts = Omit<ActionStmt, 'kind' | 'span' | 'name'>;
export type ActionChecker = (
  c: Checking,
  action: Action,
  values: readonly Value[],
  e: Call,
) => ActionParts | undefined;

const checkers: Readonly<Record<string, ActionChecker>> = {
  trace,
  tracemem,
  printf: formatted,
  system: formatted,
  freopen,
  printa: checkPrinta,
  print,
  stack,
  ustack: stack,
  jstack: stack,
  clear: (c, action, values, e) => aggregations(c, action, values, e, 'clear'),
  denormalize: (c, action, values, e) => aggregations(c, action, values, e, 'normalize'),
  trunc,
  normalize,
  setopt,
};

export function isActionCall(e: Expression): e is Call {
  return e.kind === 'call' && e.callee.kind === 'identifier' && actions.has(e.callee.name);
}

export function checkAction(c: Checking, e: Call): ActionStmt | undefined {
  const action = e.callee.kind === 'identifier' ? actions.get(e.callee.name) : undefined;
  if (!action) return undefined;
  const values = e.arguments.map((argument) => check(c, argument));
  c.calls.push({ effect: action.effect, destructive: action.destructive, span: e.span });
  if (values.some(isBad) || !checkCount(c, action, values.length, e.span)) return undefined;
  const parts = (checkers[action.name] ?? plain)(c, action, values, e);
  if (!parts) return undefined;
  reportSupport(c, action, e.span);
  return { kind: 'action', span: e.span, name: action.name, ...parts };
}

function plain(c: Checking, action: Action, values: readonly Value[], e: Call): ActionParts | undefined {
  const args = checkArguments(c, action, values, e.span);
  return args && { arguments: args };
}

function trace(c: Checking, _action: Action, [value]: readonly Value[]): ActionParts | undefined {
  if (!value) return undefined;
  if (isVoid(value.type)) return fail(c.bad('trace.void', value.span));
  if (value.kind === 'translated' && value.handle) return { arguments: [value.handle] };
  if (isDynamic(value.type)) return fail(c.bad('trace.dynamic', value.span));
  const expr = recorded(c, value);
  return expr && { arguments: [expr] };
}

const fail = (_reported: unknown): undefined => undefined;

function tracemem(c: Checking, action: Action, values: readonly Value[], e: Call): ActionParts | undefined {
  const [address, size, dynamic] = values;
  if (!address || !size) return undefined;
  if (!isInteger(address.type) && !isPointer(address.type)) {
    return fail(c.bad('tracemem.address', address.span, { type: address.type }));
  }
  const bytes = constantOf(size);
  const args = checkArguments(c, action, values, e.span);
  if (!args) return undefined;
  if (bytes === undefined || bytes <= 0n) return fail(c.bad('tracemem.size', size.span));
  const place = decay(evaluated(c, address));
  const length = dynamic && args[2];
  return { arguments: length ? [place, length] : [place], constants: [bytes] };
}

/** printf and system: a constant format and what it asks for. */
function formatted(c: Checking, action: Action, values: readonly Value[], e: Call): ActionParts | undefined {
  const text = formatText(c, action, values, e);
  return text === undefined ? undefined : withFormat(c, action, text, values.slice(1), e);
}

/** An empty name stands for the output that was replaced. */
function freopen(c: Checking, action: Action, values: readonly Value[], e: Call): ActionParts | undefined {
  const text = formatText(c, action, values, e);
  if (text === undefined) return undefined;
  if (text === '.') return fail(c.bad('freopen.name', e.span, { text }));
  if (text === '') return { format: '', arguments: [] };
  return withFormat(c, action, text, values.slice(1), e);
}

function formatText(c: Checking, action: Action, [format]: readonly Value[], e: Call): string | undefined {
  if (!format) return undefined;
  const args = checkArguments(
    c,
    { ...action, variadic: false, parameters: action.parameters.slice(0, 1) },
    [format],
    e.span,
  );
  if (!args) return undefined;
  if (format.kind === 'string') return format.value;
  return fail(c.bad('printf.format', format.span, { name: action.name, type: format.type }));
}

function withFormat(
  c: Checking,
  action: Action,
  text: string,
  values: readonly Value[],
  e: Call,
): ActionParts | undefined {
  const context = { name: `${action.name}( )`, span: e.span };
  const format = checkFormat(c, text, context);
  const result = format && checkConversions(c, format, values, context);
  if (!result) return undefined;
  if (result.consumed < values.length) {
    return fail(c.bad('printf.extra', e.span, { name: context.name, count: result.consumed }));
  }
  const args = values.map((value) => recorded(c, value));
  return args.every((arg) => arg !== undefined) ? { format: text, arguments: args } : undefined;
}

/** print() takes anything with a size, or a pointer to it. */
function print(c: Checking, _action: Action, [value]: readonly Value[], e: Call): ActionParts | undefined {
  if (!value) return undefined;
  if (isVoid(value.type)) return fail(c.bad('trace.void', value.span));
  const expr = evaluated(c, value);
  if (isBad(expr)) return undefined;
  const to = pointee(expr.type) ?? expr.type;
  const complete = completeRecord(c, to) ?? to;
  if (!sizeOf(complete, c.strsize)) return fail(c.bad('print.size', e.span, { type: to }));
  return { arguments: [expr] };
}

function stack(c: Checking, action: Action, values: readonly Value[], e: Call): ActionParts | undefined {
  const args = checkArguments(c, action, values, e.span);
  const constants = args && stackArguments(c, action.name, values);
  return constants && { arguments: [], constants };
}

function aggregations(
  c: Checking,
  action: Action,
  values: readonly Value[],
  e: Call,
  family: 'clear' | 'normalize' | 'trunc',
): ActionParts | undefined {
  const aggregation = values[0] && aggregationArgument(c, values[0], action.name, family, e.span);
  return aggregation && { arguments: [], aggregations: [aggregation] };
}

function trunc(c: Checking, action: Action, values: readonly Value[], e: Call): ActionParts | undefined {
  const args = values[1]
    ? checkArguments(c, { ...action, parameters: action.parameters.slice(1) }, [values[1]], e.span)
    : [];
  const parts = aggregations(c, action, values, e, 'trunc');
  if (!args || !parts) return undefined;
  const count = args[0] && constantOf(args[0]);
  return count === undefined ? { ...parts, arguments: args } : { ...parts, constants: [count] };
}

function normalize(c: Checking, action: Action, values: readonly Value[], e: Call): ActionParts | undefined {
  const [, factor] = values;
  const parts = aggregations(c, action, values, e, 'normalize');
  if (!parts || !factor) return undefined;
  if (!isInteger(factor.type)) {
    const shown = {
      name: 'normalize( )',
      what: 'argument',
      number: 2,
      wanted: 'uint64_t',
      type: factor.type,
    };
    return fail(c.bad('prototype.argument', factor.span, shown));
  }
  return { ...parts, arguments: [convert(evaluated(c, factor), UINT64)] };
}

/** Texts known now stand beside the action; others are recorded. */
function setopt(c: Checking, action: Action, values: readonly Value[], e: Call): ActionParts | undefined {
  const args = checkArguments(c, action, values, e.span);
  if (!args) return undefined;
  const texts = args.map((arg) => (arg.kind === 'string' ? arg.value : undefined));
  return texts.every((text) => text !== undefined)
    ? { arguments: [], constants: texts }
    : { arguments: args };
}
