/** The checker: from syntax trees to checked programs. */
import type { Expression, Program, TopLevel } from '../ast.js';
import type { CheckedClause, CheckedProgram, Expr } from '../checked.js';
import type { CheckContext, ProbeFacts } from '../context.js';
import { CompileError, type Diagnostic } from '../diagnostics.js';
import { parseTypeName } from '../parser/index.js';
import type { Type, TypeSource } from '../types.js';
import { checkClause } from './clauses.js';
import { checkDeclaration } from './declarations.js';
import { defineInline, defineTranslator } from './definitions.js';
import { checkValue } from './expressions.js';
import { defineFunction } from './functions.js';
import { checkPragma, reportUnusedPragmas } from './pragmas.js';
import { checkProvider } from './providers.js';
import { GlobalScope } from './scope.js';
import { Checking } from './state.js';
import { typeOf } from './type-names.js';
import { definedVariables } from './variables.js';

export { GlobalScope } from './scope.js';

export interface CheckResult {
  readonly program: CheckedProgram;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Checks one program. Several may share a scope: the D library first, then the scripts; each then sees what the
 * ones before it defined, and `variables` and `aggregations` of the result are those of all so far.
 */
export function check(program: Program, context: CheckContext, scope = new GlobalScope()): CheckResult {
  const c = new Checking(context, scope);
  const clauses: CheckedClause[] = [];
  const options: CheckedProgram['options'][number][] = [];
  for (const [position, declaration] of program.declarations.entries()) {
    if (declaration.kind === 'clause') clauses.push(...checkClause(c, declaration, position));
    else if (declaration.kind === 'pragma') {
      const option = checkPragma(c, declaration);
      if (option) options.push(option);
    } else checkers[declaration.kind](c, declaration as never);
  }
  reportUnusedPragmas(c);
  const aggregations = [...scope.aggregations.values()].flatMap(({ aggregation }) => aggregation ?? []);
  return {
    program: {
      clauses,
      variables: [...definedVariables(c), ...c.localVariables.values()],
      aggregations,
      options,
    },
    diagnostics: c.hasErrors ? c.diagnostics : [...c.diagnostics, ...remarks(c)],
  };
}

/** What is wrong with the pragmas of a program that has other errors already. */
export function pragmaProblems({ declarations }: Program, types: TypeSource): readonly Diagnostic[] {
  const c = new Checking(typesOnly(types), new GlobalScope());
  for (const declaration of declarations) if (declaration.kind === 'pragma') checkPragma(c, declaration);
  return c.diagnostics;
}

type Declared = Exclude<TopLevel['kind'], 'clause' | 'pragma'>;
type Checkers = {
  readonly [K in Declared]: (c: Checking, d: Extract<TopLevel, { readonly kind: K }>) => void;
};

const checkers: Checkers = {
  declaration: checkDeclaration,
  inline: defineInline,
  translator: defineTranslator,
  provider: checkProvider,
  function: defineFunction,
};

/** A pragma anywhere in the program gives the permission that -w gives. */
function remarks(c: Checking): Diagnostic[] {
  return c.remarks.filter((d) => d.id !== 'support.destructive' || !c.scope.settings.destructive);
}

export interface ExpressionEnvironment {
  readonly context: CheckContext;
  readonly scope?: GlobalScope;
  /** Types of args[] that the expression may use. */
  readonly args?: ProbeFacts['args'];
}

/** A D text supplied by a provider: a guard or an argument mapping over the site's own args[]. */
export function checkExpression(expression: Expression, environment: ExpressionEnvironment): Expr {
  const { context, scope = new GlobalScope(), args = [] } = environment;
  const c = new Checking(context, scope);
  c.probe = { count: 1, args, name: '(argument mapping)' };
  const value = checkValue(c, expression);
  const problems = c.hasErrors ? c.diagnostics : remarks(c);
  if (problems.length > 0) throw new CompileError(problems);
  return value;
}

/** A C type as probe descriptions write it. Throws a `CompileError` when the text names none. */
export function parseType(text: string, types: TypeSource, scope = new GlobalScope()): Type {
  const parsed = parseTypeName(text, {
    isTypeName: (name) => scope.typedefs.has(name) || types.findTypedef(name) !== undefined,
  });
  if (!parsed.value) throw new CompileError(parsed.diagnostics);
  const c = new Checking(typesOnly(types), scope);
  const type = typeOf(c, parsed.value);
  if (!type) throw new CompileError(c.diagnostics);
  return type;
}

function typesOnly(types: TypeSource): CheckContext {
  return {
    types,
    probes: () => ({ count: 0, args: [], name: '' }),
    macros: { named: {}, arguments: [] },
    options: { strsize: 256, zeroMatches: true, destructive: false, defaultArguments: false },
  };
}

/**
 * Macro arguments that no program of the scope used; `macro.unused` is what to say of them. $0 is the script
 * itself.
 */
export function unusedArguments({ macros }: CheckContext, scope: GlobalScope): readonly number[] {
  if (scope.settings.unusedArguments) return [];
  return macros.arguments.flatMap((_, number) =>
    number === 0 || scope.usedArguments.has(number) ? [] : [number],
  );
}
