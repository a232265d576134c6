/** The statements of clauses and functions. */
import type { ActionStmt, ExprOf, Stmt } from '../language/checked.js';
import { Fault } from '../language/faults.js';
import { actionRecord, actionValues, isUrgent, recordsData, runAction } from './actions.js';
import { aggregate } from './aggregate.js';
import { branchIf } from './branching.js';
import type { Code } from './code.js';
import { condition, evaluate, inRegister } from './expression.js';
import type { ActionRecord, Field } from './image.js';
import { imm } from './ir/ir.js';
import { repeatOuter } from './loops.js';
import { RecordWriter } from './record.js';
import { type SpeculationField, speculate, takeRoomFor } from './speculation.js';

/** Label set a `break` or `continue` jumps to. */
interface LoopLabels {
  readonly out: string;
  readonly next: string;
}

/** What statements find around them. */
export interface ClauseScope {
  /** The clause's record, if its own statements record data. */
  readonly writer: RecordWriter | undefined;
  /** The field that says which speculation a record is for, in clauses that speculate. */
  readonly marked: SpeculationField | undefined;
  readonly loop?: LoopLabels;
  /** Where a function's `return` leads. */
  readonly returned?: string;
}

export const speculateAction = (field: Field): ActionRecord => ({ action: 'speculate', fields: [field] });

/** Marks the record with the clause's speculation, and sends it. */
export function finishRecord(code: Code, { marked }: ClauseScope, writer: RecordWriter): void {
  const id = code.clause?.speculation?.get();
  if (marked && id !== undefined) {
    code.temps.set(marked.temp.id, id);
    writer.write(marked);
  }
  writer.commit(marked && id);
}

export function writeStatement(code: Code, scope: ClauseScope, stmt: Stmt): void {
  code.at(stmt.span);
  if (code.clause) code.clause.action++;
  switch (stmt.kind) {
    case 'expression':
      code.temporaries(() => evaluate(code, stmt.value));
      break;
    case 'aggregate':
      code.temporaries(() => aggregate(code, stmt));
      break;
    case 'action':
      writeAction(code, scope, stmt);
      break;
    case 'if':
      writeIf(code, scope, stmt);
      break;
    case 'loop':
      writeLoop(code, scope, stmt);
      break;
    case 'break':
      if (scope.loop) code.b.jump(scope.loop.out);
      break;
    case 'continue':
      if (scope.loop) code.b.jump(scope.loop.next);
      break;
    case 'return':
      if (scope.returned !== undefined) code.b.jump(scope.returned);
      break;
  }
}

function writeAction(code: Code, scope: ClauseScope, stmt: ActionStmt): void {
  const { writer } = scope;
  if (writer && recordsData(stmt)) {
    code.temporaries(() => {
      for (const value of actionValues(stmt, code.unit.options)) writer.write(value);
    });
    if (isUrgent(stmt)) writer.wakeConsumer();
  }
  if (stmt.name === 'speculate')
    code.temporaries(() => speculate(code, stmt.arguments, writer?.speculativeCharge ?? 0));
  else runAction(code, stmt);
}

function writeIf(code: Code, scope: ClauseScope, stmt: Extract<Stmt, { kind: 'if' }>): void {
  const other = code.b.newLabel('else');
  const end = code.b.newLabel('endif');
  branchIf(code, stmt.condition, false, other);
  code.region(() => writeBranch(code, scope, stmt.then));
  code.b.jump(end);
  code.b.label(other);
  code.region(() => writeBranch(code, scope, stmt.else));
  code.b.label(end);
}

/** Turns are counted, and one too many is a fault. */
function writeLoop(code: Code, scope: ClauseScope, stmt: Extract<Stmt, { kind: 'loop' }>): void {
  const { b } = code;
  const { looplimit } = code.unit.options;
  const [next, out, over] = ['next', 'out', 'over'].map((hint) => b.newLabel(hint)) as [
    string,
    string,
    string,
  ];
  const test = () => {
    if (stmt.condition) b.branch('==', inRegister(code, condition(code, stmt.condition)), imm(0), out);
  };
  const { step } = stmt;
  code.forgetThread();
  repeatOuter(code, looplimit + 1, (turn) => {
    if (!stmt.testLast) test();
    b.branch('>=', turn, imm(looplimit), over);
    code.region(() => writeBranch(code, { ...scope, loop: { out, next } }, stmt.body));
    b.label(next);
    if (step) code.temporaries(() => evaluate(code, step));
    if (stmt.testLast) test();
  });
  code.at(stmt.span);
  b.label(over);
  code.fault(Fault.loopLimit, imm(looplimit));
  b.label(out);
}

/** Data recorded under a condition goes into a record of its own. */
function writeBranch(code: Code, scope: ClauseScope, body: readonly Stmt[]): void {
  for (const stmt of body) {
    if (stmt.kind !== 'action' || !recordsData(stmt)) {
      writeStatement(code, scope, stmt);
      continue;
    }
    code.at(stmt.span);
    if (code.clause) code.clause.action++;
    const values = actionValues(stmt, code.unit.options);
    const { marked } = scope;
    const epid = code.unit.nestedRecord(stmt);
    const outer = code.clause!.epid;
    code.clause!.epid = epid;
    code.temporaries(() => {
      const writer = new RecordWriter(code, values, marked);
      const actions = [
        ...(marked ? [speculateAction(writer.field(marked))] : []),
        actionRecord(
          code,
          stmt,
          values.map((value) => writer.field(value)),
        ),
      ];
      code.unit.describe(epid, actions, writer.charge);
      for (const value of values) writer.write(value);
      if (isUrgent(stmt)) writer.wakeConsumer();
      runAction(code, stmt);
      const lost = code.b.newLabel('unrecorded');
      code.region(() => {
        const id = marked && code.clause?.speculation?.get();
        if (id !== undefined) takeRoomFor(code, id, writer.speculativeCharge, lost);
        finishRecord(code, scope, writer);
      });
      code.b.label(lost);
    });
    code.clause!.epid = outer;
  }
}

/** A function's body in place of its call: behind it, its result variable holds what it returned. */
export function writeBlock(code: Code, { body }: ExprOf<'block'>): void {
  const returned = code.b.newLabel('returned');
  const outer = code.scope;
  const source = code.b.source;
  code.region(() => writeBranch(code, { writer: undefined, marked: outer?.marked, returned }, body));
  code.b.label(returned);
  code.b.source = source;
}
