/** strtok(text, delimiters): one token after the other; NULL instead of the text goes on where the last one ended. */

import { Buffer } from 'node:buffer';
import type { Expr } from '../../language/checked.js';
import { bytesOfText } from '../../language/text-bytes.js';
import { choose, isZero, maskFor, not, within } from '../branchless.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { imm, type V } from '../ir/ir.js';
import { repeat } from '../loops.js';
import { copyString, type Destination, evaluateString, type StringValue } from '../strings.js';
import { MAP } from '../unit.js';
import { sliceString } from './slice.js';

const BYTES = 256;

const isNull = (expr: Expr): boolean =>
  (expr.kind === 'constant' && expr.value === 0n) ||
  ((expr.kind === 'stringof' || expr.kind === 'convert') && isNull(expr.operand));

/** A table that says of every byte whether it delimits. */
function delimiterTable(code: Code, delimiters: StringValue): V {
  const { b } = code;
  if (delimiters.literal !== undefined) {
    const bytes = Buffer.alloc(BYTES);
    for (const byte of bytesOfText(delimiters.literal)) bytes[byte] = 1;
    return b.move({ map: MAP.constants, value: code.unit.constants.add(bytes) });
  }
  const table = b.address(code.scratchBase, code.scratchOffset(BYTES));
  code.zero(table, 0, BYTES);
  const base = b.address(delimiters.at);
  const done = b.newLabel('delimiters');
  repeat(code, delimiters.capacity, (index) => {
    const c = b.load(1, b.alu('add', base, index));
    b.branch('==', c, imm(0), done);
    b.store(1, b.alu('add', table, c), 0, imm(1));
  });
  b.label(done);
  return table;
}

/** What is kept between calls: one more than where to go on (0: there is no text), then the text. */
export function strtok(
  code: Code,
  args: readonly Expr[],
  to: Destination | undefined,
  capacity: number,
): StringValue {
  const { b } = code;
  const { strsize } = code.unit.options;
  const state = code.heap.remembered('strtok');
  const base = b.address(code.scratchBase, state + 8);
  const kept: StringValue = { at: base, capacity: strsize };
  if (!isNull(args[0]!)) {
    const text = evaluateString(code, args[0]!);
    copyString(code, text, { at: base, capacity: strsize });
    b.store(8, code.scratchBase, state, imm(1));
  }
  const table = delimiterTable(code, evaluateString(code, args[1]!));
  const [start, size] = [new Cell(code, imm(-1)), new Cell(code, imm(0))];
  const [ended, done] = [b.newLabel('ended'), b.newLabel('token')];
  const next = b.load(8, code.scratchBase, state);
  b.branch('==', next, imm(0), done);
  const at = new Cell(code, b.alu('sub', next, imm(1)));
  const last = maskFor(strsize - 1);
  repeat(code, strsize, () => {
    const i = within(code, at.get(), last, ended);
    const c = b.load(1, b.alu('add', base, i));
    b.branch('==', c, imm(0), ended);
    // Delimiters before the token are passed over. The first one after it ends it, and is where the next call goes on.
    const letter = not(code, b.load(1, b.alu('add', table, c)));
    const none = isZero(code, size.get());
    b.branch('==', b.alu('or', letter, none), imm(0), ended);
    start.set(choose(code, b.alu('and', letter, none), i, start.get()));
    size.add(letter);
    at.set(b.alu('add', i, imm(1)));
  });
  b.label(ended);
  b.store(8, code.scratchBase, state, b.alu('add', at.get(), imm(1)));
  b.label(done);
  return sliceString(code, kept, start.get(), to, capacity, size.get());
}
