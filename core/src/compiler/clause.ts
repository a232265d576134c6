/** One clause of one program: predicate, statements, record. */
import type { ActionStmt, CheckedClause, Expr } from '../language/checked.js';
import { actionRecord, actionValues, recordsData } from './actions.js';
import { branchIf } from './branching.js';
import { Cell } from './cell.js';
import type { Code } from './code.js';
import type { ActionRecord } from './image.js';
import { imm } from './ir/ir.js';
import { RecordWriter } from './record.js';
import { speculates, speculationField } from './speculation.js';
import { type ClauseScope, finishRecord, speculateAction, writeStatement } from './statements.js';

export function writeClause(code: Code, clause: CheckedClause, epid: number): void {
  code.at(clause.span);
  code.heap.enter(clause);
  code.region(() =>
    code.temporaries(() => {
      code.scope = { writer: undefined, marked: undefined };
      if (clause.predicate) {
        code.at(clause.predicate.span);
        branchIf(code, clause.predicate, false, code.clause!.end);
      }
      const top = clause.body.filter(
        (stmt): stmt is ActionStmt => stmt.kind === 'action' && recordsData(stmt),
      );
      const marked = speculates(clause) ? speculationField(clause) : undefined;
      if (marked && code.clause) code.clause.speculation = new Cell(code, imm(0));
      const values = top.flatMap((stmt) => actionValues(stmt, code.unit.options));
      const records = top.length > 0 || clause.defaultAction || marked !== undefined;
      const writer = records ? new RecordWriter(code, values, marked) : undefined;
      if (writer) {
        const actions = recordActions(code, top, writer);
        const all = marked ? [speculateAction(writer.field(marked)), ...actions] : actions;
        code.unit.describe(epid, all, writer.charge);
      }
      const scope: ClauseScope = { writer, marked };
      code.scope = scope;
      for (const stmt of clause.body) writeStatement(code, scope, stmt);
      if (writer) finishRecord(code, scope, writer);
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
