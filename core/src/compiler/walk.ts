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

export function visitExpr(expr: Expr, visit: (expr: Expr) => void): void {
  visit(expr);
  for (const child of childrenOf(expr)) visitExpr(child, visit);
}

function visitStatements(statements: readonly Stmt[], visit: (expr: Expr) => void): void {
  for (const stmt of statements) {
    for (const root of rootsOf(stmt)) visitExpr(root, visit);
    visitStatements(nestedOf(stmt), visit);
  }
}

/** Every expression of a clause: predicate first, then the body in order, outer before inner. */
export function forEachExpr(clause: CheckedClause, visit: (expr: Expr) => void): void {
  if (clause.predicate) visitExpr(clause.predicate, visit);
  visitStatements(clause.body, visit);
}
