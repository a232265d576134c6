/** strtoll(text [, base]): white space, a sign, digits up to the first character that is none. */
import type { Expr } from '../../language/checked.js';
import { Fault } from '../../language/faults.js';
import { isBetween, isEqual, maskFor, not, within } from '../branchless.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { evaluate, type Scalar } from '../expression.js';
import { imm, type V } from '../ir/ir.js';
import { repeat } from '../loops.js';
import { copyString, evaluateString } from '../strings.js';

const ascii = (character: string): number => character.charCodeAt(0);
const NO_DIGIT = 99;

export function strtoll(code: Code, args: readonly Expr[]): Scalar {
  return code.temporaries(() => {
    const { b } = code;
    const text = evaluateString(code, args[0]!);
    const radix = b.move(args[1] ? evaluate(code, args[1]) : imm(10));
    code.faultUnless('<=', b.alu('sub', radix, imm(2)), imm(34), Fault.illegalOperation, imm(0));
    // A copy with zeros behind it: looking a few characters ahead never leaves it.
    const last = maskFor(text.capacity);
    const base = b.address(code.scratchBase, code.scratchOffset(last + 1));
    copyString(code, text, { at: base, capacity: text.capacity });
    b.store(1, base, text.capacity, imm(0));
    const at = new Cell(code, imm(0));
    const negative = new Cell(code, imm(0));
    const value = new Cell(code, imm(0));
    const done = b.newLabel('number');
    const character = (ahead = 0) =>
      b.load(1, b.alu('add', base, within(code, b.alu('add', at.get(), imm(ahead)), last, done)));

    skipSpace(code, at, character, last);
    skipSign(code, at, character, negative);
    skipPrefix(code, at, character, radix);

    repeat(code, text.capacity, () => {
      const digit = digitOf(code, character());
      b.branch('>=', digit, radix, done);
      value.set(b.alu('add', b.alu('mul', value.get(), radix), digit));
      at.add(imm(1));
    });
    b.label(done);
    const result = b.move(value.get());
    const positive = b.newLabel('positive');
    b.branch('==', negative.get(), imm(0), positive);
    b.assign(result, b.negate(result));
    b.label(positive);
    return result;
  });
}

function skipSpace(code: Code, at: Cell, character: () => V, most: number): void {
  const { b } = code;
  const done = b.newLabel('spaces');
  repeat(code, most, () => {
    const c = character();
    const space = b.alu('or', isEqual(code, c, imm(ascii(' '))), isEqual(code, c, imm(ascii('\t'))));
    b.branch('==', space, imm(0), done);
    at.add(imm(1));
  });
  b.label(done);
}

function skipSign(code: Code, at: Cell, character: () => V, negative: Cell): void {
  const { b } = code;
  const [signed, unsigned] = [b.newLabel('signed'), b.newLabel('unsigned')];
  const c = character();
  const positive = b.newLabel('positive');
  b.branch('!=', c, imm(ascii('-')), positive);
  negative.set(imm(1));
  b.jump(signed);
  b.label(positive);
  b.branch('!=', c, imm(ascii('+')), unsigned);
  b.label(signed);
  at.add(imm(1));
  b.label(unsigned);
}

/** `0x` before a hexadecimal digit means nothing more than the base says already. */
function skipPrefix(code: Code, at: Cell, character: (ahead?: number) => V, radix: V): void {
  const { b } = code;
  const none = b.newLabel('no-prefix');
  b.branch('!=', radix, imm(16), none);
  b.branch('!=', character(), imm(ascii('0')), none);
  b.branch('!=', b.alu('or', character(1), imm(0x20)), imm(ascii('x')), none);
  b.branch('>=', digitOf(code, character(2)), imm(16), none);
  at.add(imm(2));
  b.label(none);
}

/** A character's value as a digit of base 36, or more than any base allows. */
function digitOf(code: Code, character: V): V {
  const { b } = code;
  const lower = b.alu('or', character, imm(0x20));
  const digit = isBetween(code, character, ascii('0'), ascii('9'));
  const letter = isBetween(code, lower, ascii('a'), ascii('z'));
  const value = b.alu('mul', b.alu('sub', character, imm(ascii('0'))), digit);
  const letterValue = b.alu('mul', b.alu('sub', lower, imm(ascii('a') - 10)), letter);
  const neither = b.alu('mul', not(code, b.alu('or', digit, letter)), imm(NO_DIGIT));
  return b.alu('add', b.alu('add', value, letterValue), neither);
}
