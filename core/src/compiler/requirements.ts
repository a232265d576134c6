/** What parts of the language ask of the kernel: asked before any code is written. */
import type { CheckedProgram, Stmt } from '../language/checked.js';
import { CompileError, type Diagnostic } from '../language/diagnostics.js';
import type { Span } from '../language/source.js';
import { forEachExpr } from './walk.js';

interface Requirement {
  readonly feature: string;
  readonly reason: string;
}

const writing: Requirement = {
  feature: 'probe_write_user',
  reason: 'it does not let BPF programs write to processes (locked down, or built so)',
};
const signals: Requirement = { feature: 'send_signal', reason: 'its BPF programs cannot send signals' };

const longLoops: Requirement = { feature: 'iter_num', reason: 'its BPF programs cannot loop for so long' };

const REQUIREMENTS: Readonly<Record<string, Requirement>> = {
  chill: longLoops,
  copyout: writing,
  copyoutstr: writing,
  raise: signals,
  stop: signals,
};

/** Throws a `CompileError` naming everything that this kernel cannot do. */
export function checkRequirements(program: CheckedProgram, has: (feature: string) => boolean): void {
  const found: Diagnostic[] = [];
  const check = (name: string, span: Span) => {
    const requirement = REQUIREMENTS[name];
    if (!requirement || has(requirement.feature)) return;
    const values = { name, reason: requirement.reason };
    found.push({ tag: 'D_UNSUPPORTED', id: 'support.kernel', span, values, severity: 'error' });
  };
  for (const clause of program.clauses) {
    forEachAction(clause.body, check);
    forEachExpr(clause, (expr) => {
      if (expr.kind === 'call') check(expr.name, expr.span);
    });
  }
  if (found.length > 0) throw new CompileError(found);
}

function forEachAction(statements: readonly Stmt[], visit: (name: string, span: Span) => void): void {
  for (const stmt of statements) {
    if (stmt.kind === 'action') visit(stmt.name, stmt.span);
    else if (stmt.kind === 'if') {
      forEachAction(stmt.then, visit);
      forEachAction(stmt.else, visit);
    } else if (stmt.kind === 'loop') forEachAction(stmt.body, visit);
  }
}
