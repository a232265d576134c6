/** DWARF expressions, as far as call frame information uses them: computed on symbols, with the address known. */
import type { UnwindArchitecture } from './architecture.js';
import { Cursor } from './cursor.js';

/** `base` (a DWARF register; undefined: none) + `offset`; with `plus`, what lies there + `plus`. */
export interface Place {
  readonly base: number | undefined;
  readonly offset: number;
  readonly plus?: number;
}

const OP = {
  deref: 0x06,
  const1u: 0x08,
  const1s: 0x09,
  const2u: 0x0a,
  const2s: 0x0b,
  const4u: 0x0c,
  const4s: 0x0d,
  constu: 0x10,
  consts: 0x11,
  dup: 0x12,
  drop: 0x13,
  and: 0x1a,
  minus: 0x1c,
  mul: 0x1e,
  plus: 0x22,
  plusUconst: 0x23,
  shl: 0x24,
  ge: 0x2a,
  gt: 0x2b,
  le: 0x2c,
  lt: 0x2d,
  lit0: 0x30,
  lit31: 0x4f,
  breg0: 0x70,
  breg31: 0x8f,
} as const;

const constant = (offset: number): Place => ({ base: undefined, offset });
const isConstant = ({ base, plus }: Place): boolean => base === undefined && plus === undefined;

function added(place: Place, amount: number): Place {
  return place.plus === undefined
    ? { ...place, offset: place.offset + amount }
    : { ...place, plus: place.plus + amount };
}

const LITERALS: Readonly<Record<number, (cursor: Cursor) => number>> = {
  [OP.const1u]: (c) => c.u8(),
  [OP.const1s]: (c) => c.i8(),
  [OP.const2u]: (c) => c.u16(),
  [OP.const2s]: (c) => c.i16(),
  [OP.const4u]: (c) => c.u32(),
  [OP.const4s]: (c) => c.i32(),
  [OP.constu]: (c) => c.uleb(),
  [OP.consts]: (c) => c.sleb(),
};

/** On two numbers, the upper one of the stack second. */
const CALCULATIONS: Readonly<Record<number, (a: number, b: number) => number>> = {
  [OP.and]: (a, b) => Number(BigInt(a) & BigInt(b)),
  [OP.mul]: (a, b) => a * b,
  [OP.shl]: (a, b) => a * 2 ** b,
  [OP.ge]: (a, b) => Number(a >= b),
  [OP.gt]: (a, b) => Number(a > b),
  [OP.le]: (a, b) => Number(a <= b),
  [OP.lt]: (a, b) => Number(a < b),
};

/** The value of an expression in the code at `pc`; undefined when it is none of the forms tables can hold. */
export function evaluate(bytes: Uint8Array, pc: number, arch: UnwindArchitecture): Place | undefined {
  const cursor = new Cursor(bytes, 0);
  const stack: Place[] = [];
  while (cursor.at < bytes.length) {
    const value = step(cursor, stack, pc, arch);
    if (value === undefined) return undefined;
    stack.push(value);
  }
  return stack.pop();
}

function step(cursor: Cursor, stack: Place[], pc: number, arch: UnwindArchitecture): Place | undefined {
  const op = cursor.u8();
  if (op >= OP.lit0 && op <= OP.lit31) return constant(op - OP.lit0);
  if (op >= OP.breg0 && op <= OP.breg31) {
    const base = op - OP.breg0;
    const offset = cursor.sleb();
    // Only where it is also the program counter (x86-64) does code calculate with this register.
    return base === arch.returnAddress && base === 16 ? constant(pc + offset) : { base, offset };
  }
  const literal = LITERALS[op];
  if (literal) return constant(literal(cursor));
  const top = stack.pop();
  if (top === undefined) return undefined;
  switch (op) {
    case OP.dup:
      stack.push(top);
      return top;
    case OP.plusUconst:
      return added(top, cursor.uleb());
    case OP.deref:
      return top.base === undefined || top.plus !== undefined ? undefined : { ...top, plus: 0 };
    case OP.drop:
      return stack.pop();
    default:
  }
  const left = stack.pop();
  if (left === undefined) return undefined;
  if (op === OP.plus) {
    if (isConstant(top)) return added(left, top.offset);
    return isConstant(left) ? added(top, left.offset) : undefined;
  }
  if (op === OP.minus) return isConstant(top) ? added(left, -top.offset) : undefined;
  const calculate = CALCULATIONS[op];
  return calculate && isConstant(top) && isConstant(left)
    ? constant(calculate(left.offset, top.offset))
    : undefined;
}
