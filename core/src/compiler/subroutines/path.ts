import type { Expr } from '../../language/checked.js';
import type { Code } from '../code.js';
import { imm, type V } from '../ir/ir.js';
import { copyString, type Destination, evaluateString, forEachByte, type StringValue } from '../strings.js';

const SLASH = '/'.charCodeAt(0);
const DOT = '.'.charCodeAt(0);

/** The last component of a path: "/" for slashes only, "." for nothing. */
export function basename(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  const { b } = code;
  const text = evaluateString(code, args[0]!);
  const room = Math.ceil(text.capacity / 8) * 8;
  const base = b.address(code.scratchBase, code.scratchOffset(room + 24 + capacity));
  copyString(code, text, { at: base, capacity: text.capacity });
  // First and one past the last character of the latest component, and whether the one before was a slash: kept in
  // memory, where the verifier does not tell the paths of the loop apart.
  const [start, end, slash] = [room, room + 8, room + 16];
  b.store(8, base, start, imm(0));
  b.store(8, base, end, imm(0));
  b.store(8, base, slash, imm(1));
  const done = b.newLabel('scanned');
  forEachByte(code, text.capacity, done, (index) => {
    const next = b.newLabel('next');
    const letter = b.newLabel('letter');
    const inside = b.newLabel('inside');
    const c = b.load(1, b.alu('add', base, index));
    b.branch('==', c, imm(0), done);
    b.branch('!=', c, imm(SLASH), letter);
    b.store(8, base, slash, imm(1));
    b.jump(next);
    b.label(letter);
    b.branch('==', b.load(8, base, slash), imm(0), inside);
    b.store(8, base, slash, imm(0));
    b.store(8, base, start, index);
    b.label(inside);
    b.store(8, base, end, b.alu('add', index, imm(1)));
    b.label(next);
  });
  b.label(done);
  const from = bounded(code, b.load(8, base, start), text.capacity - 1);
  const to = bounded(code, b.load(8, base, end), text.capacity - 1);
  const result = b.register();
  const named = b.newLabel('named');
  const nothing = b.newLabel('nothing');
  const out = b.newLabel('basename');
  b.branch('!=', to, imm(0), named);
  b.branch('==', b.load(1, base, 0), imm(0), nothing);
  b.store(1, base, 1, imm(0));
  b.assign(result, base);
  b.jump(out);
  b.label(nothing);
  b.store(1, base, 0, imm(DOT));
  b.store(1, base, 1, imm(0));
  b.assign(result, base);
  b.jump(out);
  b.label(named);
  b.store(1, b.alu('add', base, to), 0, imm(0));
  b.assign(result, b.alu('add', base, from));
  b.label(out);
  return { at: result, capacity };
}

/** A value from memory that can only be in range, made so for the verifier. */
function bounded(code: Code, value: V, most: number): V {
  const { b } = code;
  const result = b.move(value);
  const ok = b.newLabel('bounded');
  b.branch('<=', result, imm(most), ok);
  b.assign(result, imm(most));
  b.label(ok);
  return result;
}
