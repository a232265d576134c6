/**
 * Functions defined in D, expanded where they are called. A body that only returns is an expression over the
 * parameters, as an inline is; any other is a block whose variables are the caller's clause-local ones.
 */
import type { Expression, FunctionDefinition, Parameter, Statement } from '../ast.js';
import type { Expr, ExprOf, Stmt } from '../checked.js';
import { assignable } from '../types/compatibility.js';
import { isVoid } from '../types/queries.js';
import type { Type } from '../types.js';
import { assign, cleared, coerce } from './build.js';
import { checkValue } from './expressions.js';
import { expandInline } from './inlines.js';
import { typed } from './operators.js';
import { checkParameters } from './parameters.js';
import type { Checking, Frame } from './state.js';
import { checkBlock, localVariable } from './statements.js';
import { declaredType } from './type-names.js';
import { bad, isBad, type Value } from './values.js';

export interface UserFunction {
  readonly name: string;
  readonly returns: Type;
  readonly parameters: readonly FunctionParameter[];
  /** Of a body that only returns. */
  readonly value: Expression | undefined;
  readonly definition: FunctionDefinition;
}

interface FunctionParameter {
  readonly name?: string;
  readonly type: Type;
  readonly written: Parameter;
}

export function defineFunction(c: Checking, definition: FunctionDefinition): void {
  const { declarator, specifiers, body } = definition;
  const [outer, ...inner] = declarator.modifiers;
  const name = declarator.name?.name;
  if (outer?.kind !== 'function' || name === undefined) return;
  const returns = declaredType(c, specifiers, { ...declarator, modifiers: inner });
  const types = checkParameters(c, 'function', outer.parameters, { void: true });
  if (!returns || !types) return;
  if (c.scope.functions.has(name) || c.scope.globals.has(name)) {
    c.bad('declaration.redeclared', declarator.span, { name });
    return;
  }
  const parameters = types.map((type, i): FunctionParameter => {
    const written = outer.parameters[i]!;
    const parameter = written.declarator.name?.name;
    return parameter === undefined ? { type, written } : { type, name: parameter, written };
  });
  const returned = isVoid(returns) ? undefined : returnedValue(body.statements);
  // A parameter that is assigned, or whose address is taken, has to be a variable.
  const value = returned && !changes(returned) ? returned : undefined;
  c.scope.functions.set(name, { name, returns, parameters, value, definition });
}

/** The expression of a body that only returns it, through any if/else of returns. */
function returnedValue(statements: readonly Statement[]): Expression | undefined {
  const [first, ...rest] = statements.filter((statement) => statement.kind !== 'empty');
  if (!first) return undefined;
  if (first.kind === 'return') return first.value;
  if (first.kind === 'block') return rest.length === 0 ? returnedValue(first.statements) : undefined;
  if (first.kind !== 'if') return undefined;
  const then = returnedValue([first.then]);
  const otherwise = returnedValue(first.else ? [first.else] : rest);
  if (!then || !otherwise) return undefined;
  return { kind: 'conditional', span: first.span, condition: first.condition, then, else: otherwise };
}

/** Whether an expression, or any part of it, assigns or takes an address. */
function changes(node: object): boolean {
  if (!('span' in node) && !Array.isArray(node)) return false;
  const kind = 'kind' in node ? node.kind : undefined;
  if (kind === 'assignment' || kind === 'update') return true;
  if (kind === 'unary' && 'operator' in node && node.operator === '&') return true;
  return Object.entries(node).some(
    ([name, part]) => name !== 'span' && typeof part === 'object' && part !== null && changes(part as object),
  );
}

type Call = Extract<Expression, { readonly kind: 'call' }>;

export function callFunction(c: Checking, f: UserFunction, e: Call): Value {
  if (e.arguments.length !== f.parameters.length) {
    const values = {
      name: `${f.name}( )`,
      passed: e.arguments.length,
      what: 'arg',
      expected: f.parameters.length,
    };
    return c.bad('prototype.length', e.span, values);
  }
  if (f.value === undefined) return callBlock(c, f, e);
  const inline = {
    kind: 'inline',
    name: f.name,
    type: f.returns,
    parameters: f.parameters,
    value: f.value,
    span: f.definition.span,
  } as const;
  const value = expandInline(c, inline, e.arguments, e.span);
  return isBad(value) ? bad(e.span) : value;
}

function callBlock(c: Checking, f: UserFunction, e: Call): Value {
  const { span } = e;
  const given = passArguments(c, f, e);
  if (!given) return bad(span);
  c.blocks++;
  const result = isVoid(f.returns) ? undefined : resultOf(c, f);
  return c.expand(f.name, span, (): Expr => {
    const body = inBody(c, f, result, given.frame);
    if (!result) return { kind: 'block', type: f.returns, body: [...given.statements, ...body], span };
    const empty: Stmt = { kind: 'expression', value: cleared(result, span), span };
    return {
      kind: 'block',
      type: f.returns,
      body: [...given.statements, empty, ...body],
      result: { ...result, span },
      span,
    };
  });
}

function resultOf(c: Checking, f: UserFunction): ExprOf<'variable'> {
  const { span } = f.definition;
  const variable = localVariable(c, f.definition, { name: f.name, span }, f.returns);
  return { kind: 'variable', variable, type: f.returns, span };
}

/** The parameters as variables, and what gives them their values. */
function passArguments(
  c: Checking,
  f: UserFunction,
  e: Call,
): { readonly frame: Frame; readonly statements: readonly Stmt[] } | undefined {
  const calls = c.blocks;
  const values = f.parameters.map((parameter, i) => passed(c, f, parameter, e.arguments[i]!, i));
  if (!values.every((value) => value !== undefined)) return undefined;
  const frame = new Map<string, Value>();
  const [first, second]: [Stmt[], Stmt[]] = [[], []];
  const set = (to: Stmt[], declared: object, name: string, type: Type, value: Expr) => {
    const { span } = value;
    const variable = localVariable(c, declared, { name, span }, type);
    const target = { kind: 'variable', variable, type, span } as const;
    to.push({ kind: 'expression', value: assign(target, value, span), span });
    return target;
  };
  // A call among the arguments may be one of the same function: its parameters are these variables.
  const apart = values.length > 1 && c.blocks > calls;
  for (const [i, { name = '', type, written }] of f.parameters.entries()) {
    const value = apart ? set(first, e.arguments[i]!, name, type, values[i]!) : values[i]!;
    const target = set(second, written, name, type, value);
    if (name !== '') frame.set(name, target);
  }
  return { frame, statements: [...first, ...second] };
}

function passed(
  c: Checking,
  f: UserFunction,
  { type }: FunctionParameter,
  argument: Expression,
  i: number,
): Expr | undefined {
  const value = checkValue(c, argument);
  if (isBad(value)) return undefined;
  if (assignable(type, typed(value))) return coerce(value, type, c.strsize);
  const values = { name: `${f.name}( )`, what: 'argument', number: i + 1, wanted: type, type: value.type };
  c.bad('prototype.argument', value.span, values);
  return undefined;
}

function inBody(c: Checking, f: UserFunction, result: Expr | undefined, frame: Frame): readonly Stmt[] {
  const outer = { called: c.called, loops: c.loops };
  c.called = { returns: f.returns, result };
  c.loops = 0;
  try {
    return c.within(frame, () => checkBlock(c, f.definition.body.statements));
  } finally {
    c.called = outer.called;
    c.loops = outer.loops;
  }
}
