/** Statements of a clause's body. */
import type { Expression, Statement } from '../ast.js';
import type { Stmt, Variable } from '../checked.js';
import { assignable } from '../types/compatibility.js';
import { isScalar } from '../types/queries.js';
import type { Type } from '../types.js';
import { checkAction, isActionCall } from './action-statements.js';
import { checkAggregate } from './aggregates.js';
import { assign, coerce, constant } from './build.js';
import { acceptsObject, checkDeclaration, storageClass } from './declarations.js';
import { check, checkValue, evaluated } from './expressions.js';
import { incompatible, typed } from './operators.js';
import type { Checking } from './state.js';
import { declaredType } from './type-names.js';
import { isBad, type Value } from './values.js';

type StatementOf<K extends Statement['kind']> = Statement & { readonly kind: K };
type Checkers = { readonly [K in Statement['kind']]: (c: Checking, s: StatementOf<K>) => readonly Stmt[] };

const checkers: Checkers = {
  expression: (c, s) => checkExpressionStatement(c, s.value),
  empty: () => [],
  block: (c, s) => checkBlock(c, s.statements),
  declaration: checkLocalDeclaration,
  if: checkIf,
  while: (c, s) => loop(c, s, s.condition, s.body, false),
  do: (c, s) => loop(c, s, s.condition, s.body, true),
  for: checkFor,
  return: checkReturn,
  break: checkJump,
  continue: checkJump,
};

export function checkStatement(c: Checking, statement: Statement): readonly Stmt[] {
  return (checkers[statement.kind] as (c: Checking, s: Statement) => readonly Stmt[])(c, statement);
}

/** Statements with names of their own. */
export function checkBlock(c: Checking, statements: readonly Statement[]): readonly Stmt[] {
  return c.nested(new Map<string, Value>(), () =>
    statements.flatMap((statement) => checkStatement(c, statement)),
  );
}

function checkExpressionStatement(c: Checking, e: Expression): readonly Stmt[] {
  if (isActionCall(e)) {
    const action = checkAction(c, e);
    return action ? [action] : [];
  }
  if (e.kind === 'assignment' && isAggregation(e.target)) {
    const aggregate = checkAggregate(c, e);
    return aggregate ? [aggregate] : [];
  }
  const value = check(c, e);
  if (isBad(value)) return [];
  if (value.kind === 'aggregation') {
    c.bad('aggregation.no-effect', value.span, { name: value.symbol.name });
    return [];
  }
  if (value.kind === 'translated') {
    c.bad('expression.dynamic', value.span);
    return [];
  }
  const expr = evaluated(c, value);
  return isBad(expr) ? [] : [{ kind: 'expression', span: expr.span, value: expr }];
}

function isAggregation(target: Expression): boolean {
  return target.kind === 'aggregation' || (target.kind === 'index' && isAggregation(target.object));
}

function condition(c: Checking, e: Expression) {
  const value = checkValue(c, e);
  return isScalar(value.type) || isBad(value)
    ? value
    : c.bad('statement.condition', e.span, { type: value.type });
}

function checkIf(c: Checking, s: StatementOf<'if'>): readonly Stmt[] {
  const test = condition(c, s.condition);
  const then = checkBlock(c, [s.then]);
  const otherwise = s.else ? checkBlock(c, [s.else]) : [];
  return [{ kind: 'if', span: s.span, condition: test, then, else: otherwise }];
}

function checkReturn(c: Checking, s: StatementOf<'return'>): readonly Stmt[] {
  const { called } = c;
  if (!called) return forceReturn(c, s);
  const { returns, result } = called;
  const leave: Stmt = { kind: 'return', span: s.span };
  if (!s.value) {
    if (result) c.bad('function.no-value', s.span, { type: returns });
    return [leave];
  }
  const value = checkValue(c, s.value);
  if (isBad(value)) return [];
  if (result?.kind !== 'variable') {
    c.bad('function.void-value', s.span);
    return [];
  }
  if (!assignable(returns, typed(value))) {
    incompatible(c, '=', result, value, s.span);
    return [];
  }
  const assigned = assign(result, coerce(value, returns, c.strsize), s.span);
  return [{ kind: 'expression', span: s.span, value: assigned }, leave];
}

/** In a clause, `return(value)` is the action that makes the probed function return. */
function forceReturn(c: Checking, { span, value }: StatementOf<'return'>): readonly Stmt[] {
  if (!value) {
    c.bad('statement.return', span);
    return [];
  }
  const callee = { kind: 'identifier', name: 'return', span } as const;
  const action = checkAction(c, { kind: 'call', callee, arguments: [value], span });
  return action ? [action] : [];
}

function checkJump(c: Checking, s: StatementOf<'break'> | StatementOf<'continue'>): readonly Stmt[] {
  if (c.loops > 0) return [{ kind: s.kind, span: s.span }];
  c.bad('statement.loop', s.span, { word: s.kind });
  return [];
}

/** What is repeated: statements that may break out. */
function loopBody(c: Checking, body: Statement): readonly Stmt[] {
  c.loops++;
  try {
    return checkBlock(c, [body]);
  } finally {
    c.loops--;
  }
}

function loop(
  c: Checking,
  s: Statement,
  test: Expression,
  body: Statement,
  testLast: boolean,
): readonly Stmt[] {
  return [{ kind: 'loop', span: s.span, condition: condition(c, test), testLast, body: loopBody(c, body) }];
}

function checkFor(c: Checking, s: StatementOf<'for'>): readonly Stmt[] {
  return c.nested(new Map<string, Value>(), () => {
    const init = s.init ? checkStatement(c, s.init) : [];
    const body = loopBody(c, s.body);
    return [
      ...init,
      {
        kind: 'loop',
        span: s.span,
        testLast: false,
        body,
        ...(s.condition && { condition: condition(c, s.condition) }),
        ...(s.step && { step: checkValue(c, s.step) }),
      },
    ];
  });
}

/** `int i = 0;` inside a clause: a clause-local variable that only this block sees. */
function checkLocalDeclaration(c: Checking, s: StatementOf<'declaration'>): readonly Stmt[] {
  const storage = storageClass(c, s.specifiers);
  if (storage) {
    checkDeclaration(c, s);
    return [];
  }
  return s.declarators.flatMap(({ declarator, initializer }) => {
    const type = declaredType(c, s.specifiers, declarator);
    const { name, span } = declarator.name ?? { name: '', span: s.span };
    if (!type || !acceptsObject(c, type, name, span)) return [];
    const variable = localVariable(c, declarator, { name, span }, type);
    const target = { kind: 'variable', variable, type, span } as const;
    const value = initializer ? checkValue(c, initializer) : zero(type, span);
    (c.frames.at(-1) as Map<string, Value> | undefined)?.set(name, target);
    if (!value || isBad(value)) return [];
    if (!assignable(type, typed(value))) {
      incompatible(c, '=', target, value, s.span);
      return [];
    }
    return [{ kind: 'expression', span, value: assign(target, coerce(value, type, c.strsize), span) }];
  });
}

/** The clause-local variable that something declares: the same however often it is checked. */
export function localVariable(
  c: Checking,
  declared: object,
  { name, span }: Pick<Variable, 'name' | 'span'>,
  type: Type,
): Variable {
  const known = c.localVariables.get(declared);
  if (known) return known;
  const variable: Variable = { id: c.scope.variableId(), scope: 'this', name, type, span };
  c.localVariables.set(declared, variable);
  return variable;
}

const zero = (type: Type, span: Variable['span']) => (isScalar(type) ? constant(type, 0n, span) : undefined);
