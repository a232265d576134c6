/** Functions defined in D: a body of one `return` is an expression over the parameters. */
import type { Expression, FunctionDefinition, Statement } from '../ast.js';
import type { Type } from '../types.js';
import { expandInline } from './inlines.js';
import { checkParameters } from './parameters.js';
import type { Checking } from './state.js';
import { declaredType } from './type-names.js';
import { bad, isBad, type Value } from './values.js';

export interface UserFunction {
  readonly name: string;
  readonly returns: Type;
  readonly parameters: readonly { readonly name?: string; readonly type: Type }[];
  readonly value: Expression;
  readonly definition: FunctionDefinition;
}

export function defineFunction(c: Checking, definition: FunctionDefinition): void {
  const { declarator, specifiers, body, span } = definition;
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
  const value = returnedValue(body.statements);
  if (!value) {
    c.bad('function.body', span, { name });
    return;
  }
  const parameters = types.map((type, i) => {
    const parameter = outer.parameters[i]?.declarator.name?.name;
    return parameter === undefined ? { type } : { type, name: parameter };
  });
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

/** Functions being expanded, outermost first: one that calls itself would never end. */
const depthLimit = 32;

export function callFunction(
  c: Checking,
  f: UserFunction,
  e: Extract<Expression, { readonly kind: 'call' }>,
): Value {
  if (e.arguments.length !== f.parameters.length) {
    const values = {
      name: `${f.name}( )`,
      passed: e.arguments.length,
      what: 'arg',
      expected: f.parameters.length,
    };
    return c.bad('prototype.length', e.span, values);
  }
  if (c.expansions >= depthLimit) return c.bad('function.recursive', e.span, { name: f.name });
  c.expansions++;
  const inline = {
    kind: 'inline',
    name: f.name,
    type: f.returns,
    parameters: f.parameters,
    value: f.value,
    span: f.definition.span,
  } as const;
  const value = expandInline(c, inline, e.arguments, e.span);
  c.expansions--;
  return isBad(value) ? bad(e.span) : value;
}
