/** Checked programs as compact s-expressions, for tests. */
import type { CheckedClause, CheckedProgram, Expr, Stmt } from '../../../src/language/checked.js';
import { typeName } from '../../../src/language/types/names.js';
import type { Type } from '../../../src/language/types.js';

const list = (...parts: readonly (string | number | bigint | undefined | false)[]): string =>
  `(${parts.filter((part) => part !== undefined && part !== false && part !== '').join(' ')})`;

const typed = (type: Type): string => `:${typeName(type).replaceAll(' ', '')}`;

export function printExpr(e: Expr): string {
  const each = (exprs: readonly Expr[]): string => exprs.map(printExpr).join(' ');
  switch (e.kind) {
    case 'constant':
      return `${e.value}${typed(e.type)}`;
    case 'string':
      return JSON.stringify(e.value);
    case 'builtin':
      return e.name;
    case 'arg':
      return `arg${e.index}`;
    case 'probe-arg':
      return `args[${e.index}]${typed(e.type)}`;
    case 'variable':
      return `${e.variable.scope}.${e.variable.name}`;
    case 'element':
      return list(`${e.variable.scope}.${e.variable.name}[]`, each(e.keys));
    case 'builtin-element':
      return list(`${e.name}[]`, each(e.keys));
    case 'load':
      return list(
        `load${typed(e.type)}`,
        e.bits && `bits=${e.bits.offset}+${e.bits.size}`,
        printExpr(e.address),
      );
    case 'address-of':
      return list('&', printExpr(e.target));
    case 'unary':
      return list(`${e.operator}${typed(e.type)}`, printExpr(e.operand));
    case 'arithmetic':
      return list(`${e.operator}${typed(e.type)}`, printExpr(e.left), printExpr(e.right));
    case 'comparison':
    case 'logical':
      return list(e.operator, printExpr(e.left), printExpr(e.right));
    case 'conditional':
      return list(`?${typed(e.type)}`, printExpr(e.condition), printExpr(e.then), printExpr(e.else));
    case 'comma':
      return list(',', printExpr(e.left), printExpr(e.right));
    case 'convert':
      return list(`to${typed(e.type)}`, printExpr(e.operand));
    case 'stringof':
      return list(
        `stringof${e.type.capacity === undefined ? '' : `<${e.type.capacity}`}`,
        printExpr(e.operand),
      );
    case 'assign': {
      const operator = e.operator ? `${e.operator}=${e.operandType ? typed(e.operandType) : ''}` : '=';
      return list(operator, printExpr(e.target), printExpr(e.value));
    }
    case 'update':
      return list(e.prefix ? 'pre' : 'post', e.delta, printExpr(e.target));
    case 'call':
      return list(`${e.name}()${typed(e.type)}`, each(e.arguments));
    case 'record':
      return list('record', ...e.members.map(({ member, value }) => list(member.name, printExpr(value))));
    case 'let':
      return list('let', `t${e.temp.id}`, printExpr(e.value), printExpr(e.body));
    case 'temp':
      return `t${e.temp.id}`;
    case 'block':
      return list('block', block(e.body), e.result && printExpr(e.result));
  }
}

export function printStmt(s: Stmt): string {
  switch (s.kind) {
    case 'expression':
      return printExpr(s.value);
    case 'aggregate':
      return list(
        `@${s.aggregation.name}`,
        s.aggregation.function,
        s.aggregation.parameters.length > 0 && `<${s.aggregation.parameters.join(',')}>`,
        s.keys.length > 0 && `[${s.keys.map(printExpr).join(' ')}]`,
        s.value && printExpr(s.value),
        s.weight && `weight=${printExpr(s.weight)}`,
      );
    case 'action':
      return list(
        s.name,
        s.format !== undefined && JSON.stringify(s.format),
        ...(s.aggregations ?? []).map((aggregation) => `@${aggregation.name}`),
        ...(s.constants ?? []).map((value) =>
          typeof value === 'string' ? JSON.stringify(value) : `#${value}`,
        ),
        ...s.arguments.map(printExpr),
      );
    case 'if':
      return list('if', printExpr(s.condition), block(s.then), s.else.length > 0 && block(s.else));
    case 'loop':
      return list(
        s.testLast ? 'loop-last' : 'loop',
        s.condition && printExpr(s.condition),
        s.step && `step=${printExpr(s.step)}`,
        block(s.body),
      );
    default:
      return s.kind;
  }
}

const block = (statements: readonly Stmt[]): string => `{${statements.map(printStmt).join(' ')}}`;

export function printClause(clause: CheckedClause): string {
  const predicate = clause.predicate && `/${printExpr(clause.predicate)}/`;
  return [predicate, ...clause.body.map(printStmt)].filter((part) => part !== undefined).join(' ');
}

export const printProgram = (program: CheckedProgram): string => program.clauses.map(printClause).join('\n');
