import type { Expr } from '../../language/checked.js';
import { Fault } from '../../language/faults.js';
import type { Code } from '../code.js';
import { evaluate, inRegister, type Scalar } from '../expression.js';
import { imm, isImm, type V } from '../ir/ir.js';
import {
  copyString,
  type Destination,
  evaluateNullable,
  evaluateString,
  lengthOf,
  type StringValue,
} from '../strings.js';

export function strlen(code: Code, args: readonly Expr[]): Scalar {
  return code.temporaries(() => lengthOf(code, evaluateString(code, args[0]!)));
}

/** Both strings one after the other, cut to strsize. */
export function strjoin(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  const { b } = code;
  const left = evaluateString(code, args[0]!);
  const right = evaluateString(code, args[1]!);
  const room = left.capacity + right.capacity;
  const base = b.address(code.scratchBase, code.scratchOffset(room));
  const first = copyString(code, left, { at: base, capacity: left.capacity });
  const joint = b.alu('add', base, first.length!);
  const second = copyString(code, right, { at: joint, capacity: right.capacity });
  if (room > capacity) {
    b.store(1, base, capacity - 1, imm(0));
    return { at: base, capacity };
  }
  return { at: base, capacity, length: sum(code, first.length!, second.length!) };
}

function sum(code: Code, a: Scalar, b: Scalar): Scalar {
  if (isImm(a) && isImm(b)) return imm(a.imm + b.imm);
  return code.b.alu('add', inRegister(code, a), b);
}

/**
 * substr(text, index [, length]): a negative index counts from the end; without a length, to the end; a negative
 * length leaves that many characters off the end.
 */
export function substr(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  const { b } = code;
  const text = evaluateString(code, args[0]!);
  const length = inRegister(code, lengthOf(code, text));
  const index = b.move(evaluate(code, args[1]!));
  const rest = b.move(args[2] ? evaluate(code, args[2]) : imm(code.unit.options.strsize));
  const label = (name: string) => b.newLabel(name);
  const [fromStart, empty, positive, ready] = [
    label('from-start'),
    label('empty'),
    label('positive'),
    label('ready'),
  ];
  const base = b.address(code.scratchBase, code.scratchOffset(text.capacity));

  b.branch('s>=', index, imm(0), fromStart);
  b.update('add', index, length);
  b.branch('s>=', index, imm(0), fromStart);
  // It starts before the text: what is asked for may still reach into it.
  b.update('add', rest, index);
  b.assign(index, imm(0));
  b.branch('s<=', rest, imm(0), empty);
  b.label(fromStart);
  b.branch('s>=', index, length, empty);
  b.branch('s>=', rest, imm(0), positive);
  b.update('add', rest, length);
  b.update('sub', rest, index);
  b.branch('s<=', rest, imm(0), empty);
  b.label(positive);

  // Bounds the verifier can see, in unsigned terms.
  b.branch('>', index, imm(text.capacity - 1), empty);
  const cut = b.newLabel('cut');
  b.branch('<=', rest, imm(text.capacity - 1), cut);
  b.assign(rest, imm(text.capacity - 1));
  b.label(cut);
  const size = b.alu('add', rest, imm(1));
  const from = b.alu('add', b.address(text.at), index);
  b.helper('bpf_probe_read_kernel_str', base, size, from);
  b.jump(ready);
  b.label(empty);
  b.store(1, base, 0, imm(0));
  b.label(ready);
  return { at: base, capacity };
}

const LONGEST_NUMBER: Readonly<Record<string, number>> = { 10: 24, other: 72 };

/** lltostr(value [, base]): base 2 to 36; decimal is signed, other bases show the bits. */
export function lltostr(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  const { b } = code;
  const value = b.move(evaluate(code, args[0]!));
  const radix = args[1] ? inRegister(code, evaluate(code, args[1])) : undefined;
  const room = radix === undefined ? LONGEST_NUMBER[10]! : LONGEST_NUMBER['other']!;
  // Room behind the digits: whoever compares the result reads up to its capacity from its first character.
  const start = code.scratchOffset(room + 8 + capacity);
  const base = b.address(code.scratchBase, start);
  const negative = b.constant(0);
  const unsigned = b.newLabel('unsigned');
  if (radix !== undefined) b.branch('!=', radix, imm(10), unsigned);
  b.branch('s>=', value, imm(0), unsigned);
  b.assign(value, b.negate(value));
  b.assign(negative, imm(1));
  b.label(unsigned);
  // The place of the first character goes through memory: the verifier need not follow each length apart.
  const position = room;
  const last = room - 1;
  b.store(1, base, last, imm(0));
  const finished = b.newLabel('digits');
  const digits = radix === undefined ? 20 : 64;
  for (let i = 1; i <= digits; i++) {
    const divisor = radix ?? imm(10);
    const digit = b.alu('mod', value, divisor);
    b.store(1, base, last - i, character(code, digit, radix !== undefined));
    b.store(8, base, position, imm(last - i));
    b.assign(value, b.alu('div', value, divisor));
    b.branch('==', value, imm(0), finished);
  }
  b.label(finished);
  const first = b.load(8, base, position);
  const bounded = b.newLabel('bounded');
  b.branch('<=', first, imm(last - 1), bounded);
  b.assign(first, imm(last - 1));
  b.label(bounded);
  const plain = b.newLabel('plain');
  const at = b.alu('add', base, first);
  const result = b.move(at);
  b.branch('==', negative, imm(0), plain);
  b.branch('==', first, imm(0), plain);
  b.assign(result, b.alu('add', at, imm(-1)));
  b.store(1, result, 0, imm('-'.charCodeAt(0)));
  b.label(plain);
  return { at: result, capacity };
}

function character(code: Code, digit: V, letters: boolean): V {
  const { b } = code;
  if (!letters) return b.alu('add', digit, imm('0'.charCodeAt(0)));
  const result = b.alu('add', digit, imm('0'.charCodeAt(0)));
  const end = b.newLabel('digit');
  b.branch('<', digit, imm(10), end);
  b.assign(result, b.alu('add', digit, imm('a'.charCodeAt(0) - 10)));
  b.label(end);
  return result;
}

/** One character of a string: `text[index]`. In NULL that is an address like any other. */
export function charat(code: Code, args: readonly Expr[]): Scalar {
  const { b } = code;
  const text = evaluateNullable(code, args[0]!);
  const index = b.move(evaluate(code, args[1]!));
  if (text.absent !== undefined) code.faultUnless('==', text.absent, imm(0), Fault.badAddress, index);
  code.faultUnless('<=', index, imm(text.capacity - 1), Fault.badIndex, index);
  const character = b.load(1, b.alu('add', b.address(text.at), index));
  return b.alu('arsh', b.alu('lsh', character, imm(56)), imm(56));
}
