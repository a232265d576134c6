/** One clause of one program: predicate, statements, record. */
import type { ActionStmt, CheckedClause, Expr, Stmt } from '../language/checked.js';
import { Fault } from '../language/faults.js';
import { actionRecord, actionValues, isUrgent, recordsData, runAction } from './actions.js';
import { aggregate } from './aggregate.js';
import { branchIf } from './branching.js';
import { Cell } from './cell.js';
import type { Code } from './code.js';
import { condition, evaluate, inRegister } from './expression.js';
import type { ActionRecord, Field } from './image.js';
import { imm } from './ir/ir.js';
import { repeat } from './loops.js';
import { RecordWriter } from './record.js';
import { type SpeculationField, speculate, speculates, speculationField } from './speculation.js';

/** Label set a `break` or `continue` jumps to. */
interface LoopLabels {
  readonly out: string;
  readonly next: string;
}

interface ClauseScope {
  readonly code: Code;
  /** The clause's record, if its own statements record data. */
  readonly writer: RecordWriter | undefined;
  /** The field that says which speculation a record is for, in clauses that speculate. */
  readonly marked: SpeculationField | undefined;
  readonly loop?: LoopLabels;
}

const speculateAction = (field: Field): ActionRecord => ({ action: 'speculate', fields: [field] });

/** Marks the record with the clause's speculation, and sends it. */
function finishRecord({ code, marked }: ClauseScope, writer: RecordWriter): void {
  const id = code.clause?.speculation?.get();
  if (marked && id !== undefined) {
    code.temps.set(marked.temp.id, id);
    writer.write(marked);
  }
  writer.commit();
}

export function writeClause(code: Code, clause: CheckedClause, epid: number): void {
  code.at(clause.span);
  code.region(() =>
    code.temporaries(() => {
      if (clause.predicate) {
        code.at(clause.predicate.span);
        branchIf(code, clause.predicate, false, code.clause!.end);
      }
      const top = clause.body.filter(
        (stmt): stmt is ActionStmt => stmt.kind === 'action' && recordsData(stmt),
      );
      const marked = speculates(clause.body) ? speculationField(clause) : undefined;
      if (marked && code.clause) code.clause.speculation = new Cell(code, imm(0));
      const values = [
        ...(marked ? [marked] : []),
        ...top.flatMap((stmt) => actionValues(stmt, code.unit.options)),
      ];
      const records = top.length > 0 || clause.defaultAction || marked !== undefined;
      const writer = records ? new RecordWriter(code, values) : undefined;
      if (writer) {
        const actions = recordActions(code, top, writer);
        code.unit.describe(epid, marked ? [speculateAction(writer.field(marked)), ...actions] : actions);
      }
      for (const stmt of clause.body) writeStatement({ code, writer, marked }, stmt);
      if (writer) finishRecord({ code, writer, marked }, writer);
    }),
  );
}

function recordActions(code: Code, top: readonly ActionStmt[], writer: RecordWriter): ActionRecord[] {
  if (top.length === 0) return [{ action: 'default', fields: [] }];
  return top.map((stmt) =>
    actionRecord(
      code,
      stmt,
      actionValues(stmt, code.unit.options).map((value: Expr) => writer.field(value)),
    ),
  );
}

function writeStatement(scope: ClauseScope, stmt: Stmt): void {
  const { code } = scope;
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
      writeAction(scope, stmt);
      break;
    case 'if':
      writeIf(scope, stmt);
      break;
    case 'loop':
      writeLoop(scope, stmt);
      break;
    case 'break':
      if (scope.loop) code.b.jump(scope.loop.out);
      break;
    case 'continue':
      if (scope.loop) code.b.jump(scope.loop.next);
      break;
  }
}

function writeAction(scope: ClauseScope, stmt: ActionStmt): void {
  const { code, writer } = scope;
  if (writer && recordsData(stmt)) {
    code.temporaries(() => {
      for (const value of actionValues(stmt, code.unit.options)) writer.write(value);
    });
    if (isUrgent(stmt)) writer.wakeConsumer();
  }
  if (stmt.name === 'speculate') code.temporaries(() => speculate(code, stmt.arguments, writer?.size ?? 0));
  else runAction(code, stmt);
}

function writeIf(scope: ClauseScope, stmt: Extract<Stmt, { kind: 'if' }>): void {
  const { code } = scope;
  const other = code.b.newLabel('else');
  const end = code.b.newLabel('endif');
  branchIf(code, stmt.condition, false, other);
  code.region(() => writeBranch(scope, stmt.then));
  code.b.jump(end);
  code.b.label(other);
  code.region(() => writeBranch(scope, stmt.else));
  code.b.label(end);
}

/** Turns are counted, and one too many is a fault. */
function writeLoop(scope: ClauseScope, stmt: Extract<Stmt, { kind: 'loop' }>): void {
  const { code } = scope;
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
  repeat(code, looplimit + 1, (turn) => {
    if (!stmt.testLast) test();
    b.branch('>=', turn, imm(looplimit), over);
    code.region(() => writeBranch({ ...scope, loop: { out, next } }, stmt.body));
    b.label(next);
    if (step) code.temporaries(() => evaluate(code, step));
    if (stmt.testLast) test();
  });
  b.label(over);
  code.fault(Fault.loopLimit, imm(looplimit));
  b.label(out);
}

/** Data recorded under a condition goes into a record of its own. */
function writeBranch(scope: ClauseScope, body: readonly Stmt[]): void {
  const { code } = scope;
  for (const stmt of body) {
    if (stmt.kind !== 'action' || !recordsData(stmt)) {
      writeStatement(scope, stmt);
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
      const writer = new RecordWriter(code, marked ? [marked, ...values] : values);
      code.unit.describe(epid, [
        ...(marked ? [speculateAction(writer.field(marked))] : []),
        actionRecord(
          code,
          stmt,
          values.map((value) => writer.field(value)),
        ),
      ]);
      for (const value of values) writer.write(value);
      if (isUrgent(stmt)) writer.wakeConsumer();
      runAction(code, stmt);
      finishRecord(scope, writer);
    });
    code.clause!.epid = outer;
  }
}
