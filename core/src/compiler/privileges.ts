/**
 * What a session without the run of the kernel may write. A program for it can get at three kinds of value only: what
 * its probes' providers hand it, the memory of the process that runs, and its own variables. Everything that could
 * bring in another is refused here, by a list of what is allowed: what the list does not name is refused.
 */
import type { CheckedClause, Expr, ExprOf, Stmt } from '../language/checked.js';
import { CompileError, type Diagnostic } from '../language/diagnostics.js';
import { diagnostic, type MessageId } from '../language/messages.js';
import type { Span } from '../language/source.js';
import { resolve, sizeOf, spaceOf } from '../language/types/queries.js';
import type { ProbeName } from '../probes/probe.js';
import { actionValues } from './actions.js';
import type { ResolvedProbe } from './input.js';
import { takeApart, variableOf } from './memory.js';
import type { CompileOptions } from './options.js';
import { isTick, runsForAll } from './own-processes.js';
import {
  ALLOWED_ACTIONS,
  ALLOWED_BUILTINS,
  ALLOWED_CALLS,
  DESTRUCTIVE,
  IDENTITY_BUILTINS,
  PROCESS_BUILTINS,
  PROCESS_CALLS,
} from './privileged-names.js';
import { childrenOf, forEachExpr, forEachStatement } from './walk.js';

/** Whose processes a session may see: those whose identities are all this one. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
  /** Inode number of the user namespace. */
  readonly userNamespace: number;
}

/** What a session may do; a session that is not told may do what its process may. */
export interface Privileges {
  /** Absent: the kernel's memory may be read, and events of every process are seen. */
  readonly owner?: Owner | undefined;
  /** Actions that change what is traced. */
  readonly destructive: boolean;
  /** Providers whose probes there are; absent: all but those of the next list. */
  readonly providers?: readonly string[] | undefined;
  readonly withoutProviders?: readonly string[] | undefined;
  /** Patterns that probes have to match one of; absent: any. */
  readonly probes?: readonly ProbeName[] | undefined;
  /** Turns that the loops of one clause may take together; absent: any number. */
  readonly turns?: number | undefined;
}

/** A clause, and whether it may run where the running process is nobody's business. */
interface Place {
  readonly clause: CheckedClause;
  readonly probes: readonly ResolvedProbe[];
  readonly found: Diagnostic[];
  readonly options: CompileOptions;
}

/** Whether the running process may be any: that of a clock, or of a fault of a clock's clause. */
const isAnybodys = ({ probe: { site } }: ResolvedProbe): boolean =>
  isTick(site) || (site.kind === 'self' && 'phase' in site && site.phase === 'error');

function report({ found }: Place, id: MessageId, span: Span, values: Diagnostic['values'] = {}): void {
  found.push(diagnostic(id, span, values));
}

const refuseKernel = (place: Place, span: Span, what: string): void =>
  report(place, 'privilege.kernel', span, { what });

/** BEGIN, END and what ERROR tells of them run in the tracer: its memory is not the user's. */
function checkProcess(place: Place, span: Span, what: string): void {
  if (place.probes.some(({ probe }) => runsForAll(probe.site)))
    report(place, 'privilege.process', span, { what });
}

function checkIdentity(place: Place, span: Span, what: string): void {
  if (place.probes.some(isAnybodys)) report(place, 'privilege.process', span, { what });
}

const isScratch = (expr: Expr): boolean => spaceOf(expr.type) === 'scratch';
const isUser = (expr: Expr): boolean => spaceOf(expr.type) === 'user';
const isZero = (expr: Expr): boolean => expr.kind === 'constant' && expr.value === 0n;
const hasBytes = (expr: Expr): boolean =>
  ['struct', 'union', 'array', 'float', 'string'].includes(resolve(expr.type).kind);

/** Its last argument is where to write, which is compared with the bounds of scratch memory. */
const fillsScratch = ({ name, arguments: args }: ExprOf<'call'>, argument: Expr): boolean =>
  name === 'copyinto' && args[2] === argument && isScratch(argument);

/** Addresses of scratch memory are the kernel's: they go where they are followed or kept, and nowhere else. */
function keepsScratch(parent: Expr, child: Expr): boolean {
  switch (parent.kind) {
    case 'arithmetic':
    case 'convert':
    case 'conditional':
    case 'comma':
    case 'let':
    case 'block':
      return (
        isScratch(parent) || (parent.kind === 'comma' && parent.left === child) || parent.kind === 'block'
      );
    case 'assign':
      return isScratch(parent.target);
    case 'update':
      return true;
    case 'load':
      return parent.address === child;
    case 'logical':
      return true;
    case 'unary':
      return parent.operator === '!';
    case 'comparison':
      return isZero(parent.left) || isZero(parent.right);
    case 'call':
      return fillsScratch(parent, child);
    default:
      return false;
  }
}

function checkChildren(place: Place, expr: Expr, children: readonly Expr[] = childrenOf(expr)): void {
  for (const child of children) {
    if (isScratch(child) && !keepsScratch(expr, child))
      refuseKernel(place, child.span, 'the address of scratch memory');
    checkExpr(place, child);
  }
}

function insideVariable(place: Place, expr: ExprOf<'load'>): boolean | undefined {
  const { base, offset, moving } = takeApart(expr.address);
  const target = variableOf(base);
  if (target === undefined) return undefined;
  const { strsize } = place.options;
  // What moves is compared with the variable's size when it runs, if it is a scalar.
  if (moving.length > 0) return !hasBytes(expr);
  const width = BigInt(sizeOf(expr.type, strsize) ?? 0);
  return width > 0n && offset >= 0n && offset + width <= BigInt(sizeOf(target.type, strsize) ?? 0);
}

function checkLoad(place: Place, expr: ExprOf<'load'>): void {
  const { address } = expr;
  const inside = insideVariable(place, expr);
  if (inside !== undefined) {
    if (!inside) refuseKernel(place, expr.span, 'memory behind a variable');
    const { base, moving } = takeApart(address);
    const target = variableOf(base)!;
    checkChildren(place, target);
    for (const part of moving) checkExpr(place, part);
    return;
  }
  if (isUser(address)) checkProcess(place, expr.span, 'memory of a process');
  else if (!isScratch(address) || hasBytes(expr)) {
    refuseKernel(place, expr.span, 'memory that a kernel pointer leads to');
    return;
  }
  checkChildren(place, expr);
}

function checkCall(place: Place, expr: ExprOf<'call'>): void {
  const { name, span } = expr;
  if (!ALLOWED_CALLS.has(name)) refuseKernel(place, span, `${name}( )`);
  if (PROCESS_CALLS.has(name)) checkProcess(place, span, `${name}( )`);
  for (const argument of expr.arguments) {
    const { kind } = resolve(argument.type);
    if (fillsScratch(expr, argument)) continue;
    if ((kind === 'pointer' && !isUser(argument)) || kind === 'array')
      refuseKernel(place, argument.span, `a pointer given to ${name}( )`);
  }
  checkChildren(place, expr);
}

/** A provider's raw values are whatever the kernel has there: only those of processes are known to be none of its own. */
function checkArgument(place: Place, expr: ExprOf<'arg'>): void {
  // The program counter in the kernel.
  const timed = place.probes.some(({ probe }) => probe.site.kind === 'timer');
  if (timed && expr.index === 0) refuseKernel(place, expr.span, 'arg0 of this probe');
  if (place.probes.some(({ probe }) => isTick(probe.site)))
    checkProcess(place, expr.span, `arg${expr.index}`);
}

function checkConversion(place: Place, expr: ExprOf<'convert'>): void {
  const { kind } = resolve(expr.operand.type);
  if (!['integer', 'enum', 'pointer'].includes(kind))
    refuseKernel(place, expr.span, 'the address of a variable');
  checkChildren(place, expr);
}

function checkExpr(place: Place, expr: Expr): void {
  switch (expr.kind) {
    case 'constant':
    case 'string':
    case 'temp':
    case 'variable':
    case 'probe-arg':
      return;
    case 'arg':
      checkArgument(place, expr);
      return;
    case 'builtin':
      if (!ALLOWED_BUILTINS.has(expr.name)) refuseKernel(place, expr.span, expr.name);
      if (PROCESS_BUILTINS.has(expr.name)) checkProcess(place, expr.span, expr.name);
      if (IDENTITY_BUILTINS.has(expr.name)) checkIdentity(place, expr.span, expr.name);
      return;
    case 'builtin-element':
      if (!ALLOWED_BUILTINS.has(expr.name)) refuseKernel(place, expr.span, `${expr.name}[ ]`);
      checkProcess(place, expr.span, `${expr.name}[ ]`);
      break;
    case 'load':
      checkLoad(place, expr);
      return;
    case 'address-of':
      refuseKernel(place, expr.span, 'the address of a variable');
      return;
    case 'stringof':
      checkStringOf(place, expr);
      break;
    case 'convert':
      checkConversion(place, expr);
      return;
    case 'call':
      checkCall(place, expr);
      return;
    case 'block':
      checkStatements(place, expr.body);
      if (expr.result) checkExpr(place, expr.result);
      return;
    case 'element':
    case 'unary':
    case 'arithmetic':
    case 'comparison':
    case 'logical':
    case 'conditional':
    case 'comma':
    case 'assign':
    case 'update':
    case 'record':
    case 'let':
      break;
    default:
      refuseKernel(place, (expr as Expr).span, 'this expression');
      return;
  }
  checkChildren(place, expr);
}

function checkStringOf(place: Place, { operand, span }: ExprOf<'stringof'>): void {
  if (resolve(operand.type).kind === 'string' || isZero(operand)) return;
  if (isUser(operand)) checkProcess(place, span, 'memory of a process');
  else refuseKernel(place, span, 'a string at a kernel address');
}

function checkValue(place: Place, expr: Expr): void {
  if (isScratch(expr)) refuseKernel(place, expr.span, 'the address of scratch memory');
  checkExpr(place, expr);
}

/** tracemem(copyin(address, size), size): bytes that were just copied, and no more. */
function isCopied({ name, arguments: [given], constants }: Extract<Stmt, { kind: 'action' }>): boolean {
  let source = given;
  while (source?.kind === 'convert') source = source.operand;
  if (name !== 'tracemem' || source?.kind !== 'call' || source.name !== 'copyin') return false;
  const size = source.arguments[1];
  return size?.kind === 'constant' && BigInt(constants?.[0] ?? 0) <= size.value;
}

function checkAction(place: Place, stmt: Extract<Stmt, { kind: 'action' }>): void {
  if (!ALLOWED_ACTIONS.has(stmt.name) && !DESTRUCTIVE.has(stmt.name))
    refuseKernel(place, stmt.span, `${stmt.name}( )`);
  if (PROCESS_CALLS.has(stmt.name)) checkProcess(place, stmt.span, `${stmt.name}( )`);
  if (isCopied(stmt)) {
    for (const value of stmt.arguments) checkExpr(place, value);
    return;
  }
  // What is recorded may be more than what is written.
  for (const value of actionValues(stmt, place.options)) checkValue(place, value);
}

function checkStatements(place: Place, statements: readonly Stmt[]): void {
  for (const stmt of statements) {
    switch (stmt.kind) {
      case 'expression':
        checkExpr(place, stmt.value);
        break;
      case 'aggregate':
        for (const value of [...stmt.keys, stmt.value, stmt.weight]) if (value) checkValue(place, value);
        break;
      case 'action':
        checkAction(place, stmt);
        break;
      case 'if':
        checkExpr(place, stmt.condition);
        checkStatements(place, stmt.then);
        checkStatements(place, stmt.else);
        break;
      case 'loop':
        for (const value of [stmt.condition, stmt.step]) if (value) checkExpr(place, value);
        checkStatements(place, stmt.body);
        break;
      default:
    }
  }
}

/** Turns that the loops of a clause may take together, one within the other. */
function turns(statements: readonly Stmt[], limit: number): number {
  let sum = 0;
  for (const stmt of statements) {
    if (stmt.kind === 'if') sum += turns(stmt.then, limit) + turns(stmt.else, limit);
    if (stmt.kind === 'loop') sum += limit * Math.max(1, turns(stmt.body, limit));
  }
  return sum;
}

function checkTurns(place: Place, most: number): void {
  const { clause, options } = place;
  const count = turns(clause.body, options.looplimit) + blockTurns(clause, options.looplimit);
  if (count > most) report(place, 'privilege.turns', clause.span, { count, most });
}

/** Of functions that are called. */
function blockTurns(clause: CheckedClause, limit: number): number {
  let sum = 0;
  forEachExpr(clause, (expr) => {
    if (expr.kind === 'block') sum += turns(expr.body, limit);
  });
  return sum;
}

function checkDestructive(place: Place): void {
  const check = (name: string, span: Span) => {
    if (DESTRUCTIVE.has(name)) report(place, 'privilege.destructive', span, { name });
  };
  forEachStatement(place.clause, (stmt) => {
    if (stmt.kind === 'action') check(stmt.name, stmt.span);
  });
  forEachExpr(place.clause, (expr) => {
    if (expr.kind === 'call') check(expr.name, expr.span);
  });
}

/** What a library has many of is said once. */
function withoutRepeats(found: readonly Diagnostic[]): Diagnostic[] {
  const keyed = found.map((item) => [`${item.id} ${JSON.stringify(item.values)}`, item] as const);
  return [...new Map([...keyed].reverse()).values()].reverse();
}

/** Throws a `CompileError` naming everything that a session may not do. */
export function checkPrivileges(
  clauses: readonly CheckedClause[],
  matches: readonly (readonly ResolvedProbe[])[],
  { owner, destructive, turns: most }: Privileges,
  options: CompileOptions,
): void {
  const found: Diagnostic[] = [];
  clauses.forEach((clause, i) => {
    const place = { clause, probes: matches[i] ?? [], found, options };
    if (!destructive) checkDestructive(place);
    if (most !== undefined) checkTurns(place, most);
    if (owner === undefined) return;
    if (clause.predicate) checkExpr(place, clause.predicate);
    checkStatements(place, clause.body);
  });
  if (found.length > 0) throw new CompileError(withoutRepeats(found));
}
