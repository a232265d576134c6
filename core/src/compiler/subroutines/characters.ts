/** Subroutines that look at a string character by character. */
import type { Expr } from '../../language/checked.js';
import { choose, isBetween, isEqual, isZero, not } from '../branchless.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { evaluate, inRegister, type Scalar } from '../expression.js';
import { imm } from '../ir/ir.js';
import { repeat } from '../loops.js';
import {
  copyString,
  type Destination,
  evaluateNullable,
  evaluateString,
  type StringValue,
} from '../strings.js';
import { sliceString } from './slice.js';

/** strchr and strrchr: the text from the first (last) such character on. */
const from =
  (which: 'first' | 'last') =>
  (code: Code, args: readonly Expr[], to: Destination | undefined, capacity: number): StringValue => {
    const { b } = code;
    const text = evaluateString(code, args[0]!);
    const wanted = b.alu('and', inRegister(code, evaluate(code, args[1]!)), imm(0xff));
    const found = new Cell(code, imm(-1));
    const base = b.address(text.at);
    const done = b.newLabel('searched');
    repeat(code, text.capacity, (index) => {
      const c = b.load(1, b.alu('add', base, index));
      const hit = isEqual(code, c, wanted);
      found.set(choose(code, hit, index, found.get()));
      if (which === 'first') b.branch('!=', hit, imm(0), done);
      b.branch('==', c, imm(0), done);
    });
    b.label(done);
    return sliceString(code, text, found.get(), to, capacity);
  };

export const strchr = from('first');
export const strrchr = from('last');

/** toupper and tolower: letters of the other case moved by the distance between the two. */
const letters =
  (first: string, distance: number) =>
  (code: Code, args: readonly Expr[], _to: Destination | undefined, capacity: number): StringValue => {
    const { b } = code;
    const text = evaluateString(code, args[0]!);
    const base = b.address(code.scratchBase, code.scratchOffset(capacity));
    const copy = copyString(code, text, { at: base, capacity });
    const done = b.newLabel('converted');
    repeat(code, capacity, (index) => {
      const at = b.alu('add', base, index);
      const c = b.load(1, at);
      b.branch('==', c, imm(0), done);
      const letter = isBetween(code, c, first.charCodeAt(0), first.charCodeAt(0) + 25);
      b.store(1, at, 0, b.alu('add', c, b.alu('mul', letter, imm(distance))));
    });
    b.label(done);
    return { at: base, capacity, ...(copy.length === undefined ? {} : { length: copy.length }) };
  };

export const toupper = letters('a', -32);
export const tolower = letters('A', 32);

/** Whether there is a string at all. */
export function isnull(code: Code, args: readonly Expr[]): Scalar {
  return code.temporaries(() => {
    const { absent } = evaluateNullable(code, args[0]!);
    return absent === undefined ? imm(0) : not(code, isZero(code, absent));
  });
}
