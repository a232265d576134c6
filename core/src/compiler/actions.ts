/** What each action leaves in the record, and what it does in the kernel besides. */
import type { ActionStmt, Expr } from '../language/checked.js';
import { UINT64 } from '../language/types/basic.js';
import type { Code } from './code.js';
import { ustackLike } from './fields.js';
import type { ActionRecord, Field } from './image.js';
import { imm } from './ir/ir.js';
import type { CompileOptions } from './options.js';
import { bytesAt, printedValues, printSpec } from './print.js';
import { endedSpeculation } from './speculation.js';
import { chill } from './subroutines/chill.js';
import { forceReturn, raise, stop } from './subroutines/process.js';
import { MAP, STATE } from './unit.js';

interface ActionCode {
  /** The expressions recorded; default: the action's arguments. */
  readonly values?: (stmt: ActionStmt, options: CompileOptions) => readonly Expr[];
  /** Done after the values are in the record. */
  readonly run?: (code: Code, stmt: ActionStmt) => void;
  /** The consumer is woken at once. */
  readonly urgent?: boolean;
  /** Acts in the kernel only: no record. */
  readonly silent?: boolean;
}

const stackAction: ActionCode = {
  values: (stmt) => (stmt.arguments[0]?.kind === 'call' ? stmt.arguments : [ustackLike(stmt)]),
};

/** sym(address) and its like: what is recorded is the value they have in expressions. */
const symbol: ActionCode = {
  values: ({ name, span, arguments: args }) => [{ kind: 'call', name, span, type: UINT64, arguments: args }],
};

const ACTIONS: Readonly<Record<string, ActionCode>> = {
  exit: {
    urgent: true,
    run: (code) => code.b.store(4, code.b.move({ map: MAP.state, value: STATE.phase }), 0, imm(2)),
  },
  stack: stackAction,
  ustack: stackAction,
  jstack: stackAction,
  // These leave a record without data: that the clause ran is shown.
  raise: {
    values: () => [],
    run: (code, stmt) => void raise(code, stmt.arguments),
  },
  stop: { run: (code) => void stop(code) },
  return: { values: () => [], run: (code, stmt) => forceReturn(code, stmt.arguments) },
  chill: { silent: true, run: (code, stmt) => chill(code, stmt.arguments) },
  system: { urgent: true },
  tracemem: {
    values: ({ arguments: [address, ...size], constants }) =>
      address ? [bytesAt(address, Number(constants?.[0] ?? 0)), ...size] : [],
  },
  print: { values: printedValues },
  sym: symbol,
  func: symbol,
  mod: symbol,
  usym: symbol,
  ufunc: symbol,
  umod: symbol,
  uaddr: symbol,
  speculate: { silent: true },
  commit: { values: (stmt) => [endedSpeculation(stmt.name, stmt.arguments, stmt.span)] },
  discard: { values: (stmt) => [endedSpeculation(stmt.name, stmt.arguments, stmt.span)] },
};

export function recordsData(stmt: ActionStmt): boolean {
  return ACTIONS[stmt.name]?.silent !== true;
}

const valuesOf = new WeakMap<ActionStmt, readonly Expr[]>();

/** The expressions an action records; always the same objects for the same action. */
export function actionValues(stmt: ActionStmt, options: CompileOptions): readonly Expr[] {
  let values = valuesOf.get(stmt);
  if (!values) {
    values = ACTIONS[stmt.name]?.values?.(stmt, options) ?? stmt.arguments;
    valuesOf.set(stmt, values);
  }
  return values;
}

export function isUrgent(stmt: ActionStmt): boolean {
  return ACTIONS[stmt.name]?.urgent === true;
}

export function runAction(code: Code, stmt: ActionStmt): void {
  ACTIONS[stmt.name]?.run?.(code, stmt);
}

export function actionRecord(code: Code, stmt: ActionStmt, fields: readonly Field[]): ActionRecord {
  return {
    action: stmt.name,
    fields,
    ...(stmt.format === undefined ? {} : { format: stmt.format }),
    ...(stmt.aggregations
      ? { aggregations: stmt.aggregations.map((a) => code.unit.aggregationNumber(a)) }
      : {}),
    ...(stmt.constants ? { constants: stmt.constants } : {}),
    ...(stmt.name === 'print' ? { print: printSpec(stmt, code.unit.options) } : {}),
  };
}
