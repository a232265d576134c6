/**
 * Speculations. A map holds one entry for each: whether it is in use and how many bytes were recorded to it. Records
 * go to the consumer at once, marked with their speculation, and wait there to be committed or discarded.
 */
import type { CheckedClause, Expr, ExprOf } from '../language/checked.js';
import { Fault } from '../language/faults.js';
import type { Span } from '../language/source.js';
import { INT64, UINT64 } from '../language/types/basic.js';
import { Cell } from './cell.js';
import type { Code } from './code.js';
import { evaluate, inRegister, type Scalar } from './expression.js';
import { SPECULATION_ENTRY } from './image.js';
import { imm, type V } from './ir/ir.js';
import { repeat } from './loops.js';
import { MAP } from './unit.js';
import { hasStatement } from './walk.js';

/** Bits of an entry's state. The consumer sets it to 0 when nothing of the speculation is left. */
const TAKEN = 1;
const ENDING = 2;

/** The entry of speculation `id`, which is known to be one. */
function entryOf(code: Code, id: V): V {
  const { b } = code;
  const last = code.unit.options.nspec;
  const index = b.move(b.alu('sub', id, imm(1)));
  const ok = b.newLabel('speculation');
  b.branch('<', index, imm(last), ok);
  b.assign(index, imm(0));
  b.label(ok);
  code.unit.usesSpeculations = true;
  const base = b.move({ map: MAP.speculations, value: 0 });
  return b.alu('add', base, b.alu('mul', index, imm(SPECULATION_ENTRY.size)));
}

/** Sets bits of an entry's state and gives what it was. */
function mark(code: Code, entry: V, bits: number): V {
  const { b } = code;
  if (code.has('atomics_fetch')) {
    return b.atomic('fetch-or', 8, entry, SPECULATION_ENTRY.state, b.constant(bits))!;
  }
  const old = b.load(8, entry, SPECULATION_ENTRY.state);
  b.store(8, entry, SPECULATION_ENTRY.state, b.alu('or', old, imm(bits)));
  return old;
}

/** speculation(): the first one that is free, or 0. */
export function speculation(code: Code): Scalar {
  const { b } = code;
  return code.temporaries(() => {
    const result = new Cell(code, imm(0));
    const busy = new Cell(code, imm(0));
    const [none, done, unavailable] = [b.newLabel('none'), b.newLabel('found'), b.newLabel('unavailable')];
    repeat(code, code.unit.options.nspec, (index) => {
      const id = b.alu('add', index, imm(1));
      const old = mark(code, entryOf(code, id), TAKEN);
      result.set(id);
      b.branch('==', b.alu('and', old, imm(TAKEN)), imm(0), done);
      busy.set(b.alu('or', busy.get(), b.alu('and', old, imm(ENDING))));
    });
    b.label(none);
    result.set(imm(0));
    b.branch('==', busy.get(), imm(0), unavailable);
    code.drop('speculationBusy');
    b.jump(done);
    b.label(unavailable);
    code.drop('speculationUnavailable');
    b.label(done);
    return result.get();
  });
}

/** Counts bytes in a speculation; where it has no room for them, that is a loss. */
function takeRoom(code: Code, entry: V, bytes: number, full: string): void {
  const { b } = code;
  const room = b.newLabel('room');
  const used = b.load(8, entry, SPECULATION_ENTRY.used);
  b.branch('<=', b.alu('add', used, imm(bytes)), imm(code.unit.options.specsize), room);
  code.drop('speculation');
  b.jump(full);
  b.label(room);
  b.atomic('add', 8, entry, SPECULATION_ENTRY.used, b.constant(bytes));
}

/** Room for a record that a clause makes besides its own; `id` is 0 where it belongs to no speculation. */
export function takeRoomFor(code: Code, id: V, bytes: number, full: string): void {
  const { b } = code;
  const none = b.newLabel('no-speculation');
  b.branch('==', id, imm(0), none);
  takeRoom(code, entryOf(code, id), bytes, full);
  b.label(none);
}

/** speculate(id): from here on the clause records to the speculation; where there is none, the clause ends. */
export function speculate(code: Code, args: readonly Expr[], recordSize: number): void {
  const { b } = code;
  const id = inRegister(code, evaluate(code, args[0]!));
  const ended = code.clause?.end ?? code.done;
  b.branch('>', b.alu('sub', id, imm(1)), imm(code.unit.options.nspec - 1), ended);
  const entry = entryOf(code, id);
  b.branch('!=', b.load(8, entry, SPECULATION_ENTRY.state), imm(TAKEN), ended);
  takeRoom(code, entry, recordSize, ended);
  code.clause?.speculation?.set(id);
}

/** commit(id) and discard(id): the id where there is something to end, else 0. */
export function endSpeculation(code: Code, args: readonly Expr[]): Scalar {
  const { b } = code;
  return code.temporaries(() => {
    const id = b.move(evaluate(code, args[0]!));
    const result = new Cell(code, imm(0));
    const done = b.newLabel('ended');
    b.branch('==', id, imm(0), done);
    code.faultUnless(
      '<=',
      b.alu('sub', id, imm(1)),
      imm(code.unit.options.nspec - 1),
      Fault.illegalOperation,
      id,
    );
    const entry = entryOf(code, id);
    b.branch('!=', b.load(8, entry, SPECULATION_ENTRY.state), imm(TAKEN), done);
    b.branch('!=', mark(code, entry, ENDING), imm(TAKEN), done);
    result.set(id);
    b.label(done);
    return result.get();
  });
}

/** What commit and discard record: the speculation they really end. */
export function endedSpeculation(name: string, args: readonly Expr[], span: Span): Expr {
  return { kind: 'call', name, type: INT64, arguments: args, span };
}

// ---- records of clauses that speculate -----------------------------------------------------------------

/** The first field of every record such a clause makes: the speculation it belongs to, or 0. */
export type SpeculationField = ExprOf<'temp'>;

let temps = -1;

export function speculationField(clause: CheckedClause): SpeculationField {
  return { kind: 'temp', temp: { id: temps--, type: UINT64 }, type: UINT64, span: clause.span };
}

export const speculates = (clause: CheckedClause): boolean =>
  hasStatement(clause, (stmt) => stmt.kind === 'action' && stmt.name === 'speculate');
