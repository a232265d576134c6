/** Everything inside a clause: expressions and statements, those of the functions it calls too. */
import type { CheckedClause, Expr, Stmt } from '../language/checked.js';

/** The expressions directly inside one. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'element':
    case 'builtin-element':
      return expr.keys;
    case 'load':
      return [expr.address];
    case 'address-of':
      return [expr.target];
    case 'unary':
    case 'convert':
    case 'stringof':
      return [expr.operand];
    case 'arithmetic':
    case 'comparison':
    case 'logical':
    case 'comma':
      return [expr.left, expr.right];
    case 'conditional':
      return [expr.condition, expr.then, expr.else];
    case 'assign':
      return [expr.target, expr.value];
    case 'update':
      return [expr.target];
    case 'call':
      return expr.arguments;
    case 'let':
      return [expr.value, expr.body];
    case 'record':
      return expr.members.map((m) => m.value);
    case 'block':
      return [...expr.body.flatMap(rootsOf), ...(expr.result ? [expr.result] : [])];
    default:
      return [];
  }
}

function rootsOf(stmt: Stmt): readonly Expr[] {
  switch (stmt.kind) {
    case 'expression':
      return [stmt.value];
    case 'aggregate':
      return [...stmt.keys, ...(stmt.value ? [stmt.value] : []), ...(stmt.weight ? [stmt.weight] : [])];
    case 'action':
      return stmt.arguments;
    case 'if':
      return [stmt.condition];
    case 'loop':
      return [...(stmt.condition ? [stmt.condition] : []), ...(stmt.step ? [stmt.step] : [])];
    default:
      return [];
  }
}

function nestedOf(stmt: Stmt): readonly Stmt[] {
  if (stmt.kind === 'if') return [...stmt.then, ...stmt.else];
  return stmt.kind === 'loop' ? stmt.body : [];
}

interface Visitor {
  readonly expr?: (expr: Expr) => void;
  readonly stmt?: (stmt: Stmt) => void;
}

function visitExpr(expr: Expr, visitor: Visitor): void {
  visitor.expr?.(expr);
  if (expr.kind === 'block') {
    visitStatements(expr.body, visitor);
    if (expr.result) visitExpr(expr.result, visitor);
    return;
  }
  for (const child of childrenOf(expr)) visitExpr(child, visitor);
}

function visitStatements(statements: readonly Stmt[], visitor: Visitor): void {
  for (const stmt of statements) {
    visitor.stmt?.(stmt);
    for (const root of rootsOf(stmt)) visitExpr(root, visitor);
    visitStatements(nestedOf(stmt), visitor);
  }
}

function visitClause(clause: CheckedClause, visitor: Visitor): void {
  if (clause.predicate) visitExpr(clause.predicate, visitor);
  visitStatements(clause.body, visitor);
}

/** Every expression: predicate first, then the body in order, outer before inner. */
export function forEachExpr(clause: CheckedClause, visit: (expr: Expr) => void): void {
  visitClause(clause, { expr: visit });
}

/** An expression and all within it. */
export function forEachWithin(expr: Expr, visit: (expr: Expr) => void): void {
  visitExpr(expr, { expr: visit });
}

/** Every statement, however deep. */
export function forEachStatement(clause: CheckedClause, visit: (stmt: Stmt) => void): void {
  visitClause(clause, { stmt: visit });
}

export function hasStatement(clause: CheckedClause, matches: (stmt: Stmt) => boolean): boolean {
  let found = false;
  forEachStatement(clause, (stmt) => {
    found ||= matches(stmt);
  });
  return found;
}
