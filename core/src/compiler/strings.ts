/** String values: bytes in memory the program may read directly, NUL-terminated within `capacity`. */
import { Buffer } from 'node:buffer';
import type { ComparisonOperator, Expr } from '../language/checked.js';
import { Fault } from '../language/faults.js';
import { bytesOfText } from '../language/text-bytes.js';
import { resolve } from '../language/types/queries.js';
import { branchIf } from './branching.js';
import { isZero } from './branchless.js';
import { currentTask, kernelOffset } from './builtins.js';
import { capacityOf } from './capacity.js';
import { Cell } from './cell.js';
import type { Code } from './code.js';
import { inOrder, repeatableTarget } from './effects.js';
import { evaluate } from './expression.js';
import { type Imm, imm, type Operand, type V } from './ir/ir.js';
import { repeat } from './loops.js';
import { loadString } from './memory.js';
import { probePart } from './probe-names.js';
import { noCode } from './refusals.js';
import { isUserMemory } from './spaces.js';
import { writeBlock } from './statements.js';
import { stringCalls } from './subroutines/table.js';
import { MAP } from './unit.js';
import { stringVariable } from './variables.js';

export interface StringValue {
  readonly at: Operand;
  readonly capacity: number;
  /** Bytes without the NUL, where already known; never negative. */
  readonly length?: V | Imm;
  /** The literal, where it is one. */
  readonly literal?: string;
  /** Zeros fill the rest of `capacity`: whole words may be compared. */
  readonly padded?: boolean;
  /** Not 0 where there is no string at all: a search that found nothing. The bytes are then an empty string. */
  readonly absent?: V;
}

/** Where the caller would like the bytes; a producer may ignore it and return its own place. */
export interface Destination {
  readonly at: Operand;
  readonly capacity: number;
}

export function literal(code: Code, text: string): StringValue {
  const whole = Buffer.from(bytesOfText(text));
  // No string is longer than strsize allows, literals neither.
  const bytes = whole.subarray(0, code.unit.options.strsize - 1);
  const offset = code.unit.constants.add(bytes);
  return {
    at: { map: MAP.constants, value: offset },
    capacity: Math.floor((bytes.length + 8) / 8) * 8,
    length: imm(bytes.length),
    ...(bytes.length === whole.length ? { literal: text } : {}),
    padded: true,
  };
}

/** A string to be used: where there is none, the clause faults as if it had been read from address 0. */
export function evaluateString(code: Code, expr: Expr, to?: Destination): StringValue {
  const value = evaluateNullable(code, expr, to);
  if (value.absent === undefined) return value;
  code.faultUnless('==', value.absent, imm(0), Fault.badAddress, imm(0));
  const { absent: _, ...present } = value;
  return present;
}

/** A string that may be none: for tests against NULL and for assignment. */
export function evaluateNullable(code: Code, expr: Expr, to?: Destination): StringValue {
  switch (expr.kind) {
    case 'string':
      return literal(code, expr.value);
    case 'builtin':
      return builtinString(code, expr.name, to);
    case 'constant':
      return nothing(code);
    case 'variable':
    case 'element':
      return { ...stringVariable(code, expr), capacity: code.unit.options.strsize };
    case 'probe-arg':
      return code.mapping.string?.(code, expr.index, to) ?? noCode(`args[${expr.index}]`, expr.span);
    case 'load':
      return loadString(code, expr, to);
    case 'stringof':
      if (expr.operand.kind === 'constant' && expr.operand.value === 0n) return nothing(code);
      return stringAt(code, expr.operand, to, capacityOf(expr, code.unit.options.strsize));
    case 'conditional':
      return conditionalString(code, expr, to);
    case 'comma':
      evaluate(code, expr.left);
      return evaluateNullable(code, expr.right, to);
    case 'assign': {
      const target = repeatableTarget(code, expr.target);
      evaluate(code, { ...expr, target });
      return evaluateNullable(code, target, to);
    }
    case 'let':
      return withTemp(code, expr, to);
    case 'block':
      writeBlock(code, expr);
      return evaluateNullable(code, expr.result ?? expr, to);
    case 'temp': {
      const known = code.temps.get(expr.temp.id);
      if (!known) throw new Error(`temp ${expr.temp.id} is not set`);
      return known as StringValue;
    }
    case 'call': {
      const produce = stringCalls[expr.name];
      if (!produce) return noCode(`${expr.name}( )`, expr.span);
      return produce(code, inOrder(code, expr.arguments), to, capacityOf(expr, code.unit.options.strsize));
    }
    case 'convert':
      return evaluateNullable(code, expr.operand, to);
    default:
      throw new Error(`no string value for ${expr.kind}`);
  }
}

/** NULL. */
function nothing(code: Code): StringValue {
  const at: Operand = { map: MAP.zeros, value: 0 };
  return { at, capacity: 8, length: imm(0), absent: code.b.constant(1) };
}

function withTemp(code: Code, expr: Extract<Expr, { kind: 'let' }>, to?: Destination): StringValue {
  bindTemp(code, expr);
  return evaluateNullable(code, expr.body, to);
}

export function bindTemp(code: Code, expr: Extract<Expr, { kind: 'let' }>): void {
  const isString = resolve(expr.temp.type).kind === 'string';
  code.temps.set(
    expr.temp.id,
    isString ? evaluateNullable(code, expr.value) : code.b.move(evaluate(code, expr.value)),
  );
}

/** `to`, or fresh space of the capacity. */
export function destination(code: Code, to: Destination | undefined, capacity: number): Destination {
  return to && to.capacity >= capacity ? to : { at: code.space(capacity).at, capacity };
}

function builtinString(code: Code, name: string, to?: Destination): StringValue {
  if (name === 'execname') {
    const place = destination(code, to, 16);
    if (code.mapping.hasThread) {
      const comm = kernelOffset(code, 'task_struct', 'comm') ?? 0;
      return readString(code, code.b.address(currentTask(code), comm), place.at, 16, false);
    }
    code.b.helper('bpf_get_current_comm', place.at, imm(16));
    return { at: place.at, capacity: 16, padded: true };
  }
  return probePart(code, name);
}

/** Reads a string at an address of the kernel's, of the program's own, or (`space`) of the process. */
function stringAt(code: Code, operand: Expr, to: Destination | undefined, capacity: number): StringValue {
  if (resolve(operand.type).kind === 'string') return evaluateString(code, operand, to);
  const address = evaluate(code, operand);
  const place = destination(code, to, capacity);
  return readString(code, address, place.at, capacity, isUserMemory(operand));
}

export function readString(
  code: Code,
  address: V | Imm,
  at: Operand,
  capacity: number,
  user: boolean,
): StringValue {
  const helper = user ? 'bpf_probe_read_user_str' : 'bpf_probe_read_kernel_str';
  const status = code.b.helper(helper, at, imm(capacity), address);
  code.faultUnless('s>', status, imm(0), Fault.badAddress, address);
  return { at, capacity, length: code.b.alu('sub', status, imm(1)) };
}

function conditionalString(
  code: Code,
  expr: Extract<Expr, { kind: 'conditional' }>,
  to?: Destination,
): StringValue {
  const capacity = capacityOf(expr, code.unit.options.strsize);
  const place = destination(code, to, capacity);
  const other = code.b.newLabel('else');
  const end = code.b.newLabel('end');
  const length = code.b.register();
  const absent = mayBeNull(expr) ? code.b.register() : undefined;
  branchIf(code, expr.condition, false, other);
  const side = (branch: Expr) =>
    code.region(() => {
      const value = evaluateNullable(code, branch, place);
      if (absent !== undefined) code.b.assign(absent, value.absent ?? imm(0));
      code.b.assign(length, copyString(code, value, place).length!);
    });
  side(expr.then);
  code.b.jump(end);
  code.b.label(other);
  side(expr.else);
  code.b.label(end);
  return { at: place.at, capacity, length, ...(absent !== undefined && { absent }) };
}

function mayBeNull(expr: Expr): boolean {
  if (expr.kind === 'conditional') return mayBeNull(expr.then) || mayBeNull(expr.else);
  return !['string', 'builtin', 'load'].includes(expr.kind);
}

/**
 * Puts a string where it is wanted, cut to the room there. `pad`: the rest is filled with zeros, as keys need.
 * Returns the value at its new place, its length known.
 */
export function copyString(code: Code, from: StringValue, to: Destination, pad = false): StringValue {
  const { b } = code;
  const inPlace = from.at === to.at;
  if (inPlace && (from.padded || !pad) && from.length !== undefined) return from;
  if (from.padded && pad && from.capacity <= 64) {
    const words = Math.min(from.capacity, to.capacity);
    if (!inPlace) {
      const source = b.address(from.at);
      for (let i = 0; i + 8 <= words; i += 8) code.storeAt(to.at, i, 8, b.load(8, source, i));
    }
    code.zero(to.at, words, to.capacity - words);
    return { ...from, at: to.at, capacity: to.capacity };
  }
  const capacity = Math.min(to.capacity, Math.max(from.capacity, 1));
  if (inPlace) {
    const status = b.helper('bpf_probe_read_kernel_str', to.at, imm(capacity), from.at);
    return { at: to.at, capacity: to.capacity, length: nonNegative(code, b.alu('sub', status, imm(1))) };
  }
  if (pad) code.zero(to.at, 0, to.capacity);
  const status = b.helper('bpf_probe_read_kernel_str', to.at, imm(capacity), b.address(from.at));
  return { at: to.at, capacity: to.capacity, length: nonNegative(code, b.alu('sub', status, imm(1))) };
}

/** The verifier learns that a length is one; our own memory cannot really fail to be read. */
function nonNegative(code: Code, value: V): V {
  const { b } = code;
  const [failed, ok] = [b.newLabel('failed'), b.newLabel('len')];
  const result = b.move(value);
  b.branch('s<', result, imm(0), failed);
  b.jump(ok);
  b.label(failed);
  b.assign(result, imm(0));
  b.label(ok);
  return result;
}

/** Length in bytes without the NUL. */
export function lengthOf(code: Code, value: StringValue): V | Imm {
  if (value.length !== undefined) return value.length;
  const space = code.space(value.capacity);
  const copy = copyString(code, value, { at: space.at, capacity: value.capacity });
  space.release();
  return copy.length!;
}

// ---- comparison ----------------------------------------------------------------------------------------

/** Words that decide equality with a short literal in a padded or NUL-terminated buffer. */
const LONGEST_INLINE_LITERAL = 63;

/** Result 0 or 1 of a comparison by bytes, as strcmp orders them. */
export function compareStrings(code: Code, operator: ComparisonOperator, left: Expr, right: Expr): V {
  const [first = left, second = right] = inOrder(code, [left, right]);
  const a = evaluateNullable(code, first);
  const b = evaluateNullable(code, second);
  if (a.absent === undefined && b.absent === undefined) return comparePresent(code, operator, a, b);
  return compareNullable(code, operator, a, b);
}

/** NULL is equal to itself and less than any string. */
function compareNullable(code: Code, operator: ComparisonOperator, a: StringValue, b: StringValue): V {
  const flag = (value: StringValue): V =>
    value.absent === undefined ? code.b.constant(1) : isZero(code, value.absent);
  const [left, right] = [flag(a), flag(b)];
  const result = new Cell(code, imm(0));
  const [present, holds, end] = ['present', 'holds', 'compared'].map((hint) => code.b.newLabel(hint)) as [
    string,
    string,
    string,
  ];
  code.b.branch('!=', code.b.alu('and', left, right), imm(0), present);
  code.b.branch(CONDITION[operator], left, right, holds);
  code.b.jump(end);
  code.b.label(holds);
  result.set(imm(1));
  code.b.jump(end);
  code.b.label(present);
  code.region(() => result.set(comparePresent(code, operator, a, b)));
  code.b.label(end);
  return result.get();
}

function comparePresent(code: Code, operator: ComparisonOperator, a: StringValue, b: StringValue): V {
  const text = b.literal ?? a.literal;
  const value = b.literal === undefined ? b : a;
  if (
    (operator === '==' || operator === '!=') &&
    text !== undefined &&
    bytesOfText(text).length <= LONGEST_INLINE_LITERAL
  ) {
    return equalsLiteral(code, value, text, operator === '!=');
  }
  return orderStrings(code, operator, a, b);
}

/** Compares the literal's bytes and its NUL, in the widest units that stay inside the buffer. */
function equalsLiteral(code: Code, value: StringValue, text: string, negated: boolean): V {
  const { b } = code;
  const bytes = Buffer.concat([bytesOfText(text), Buffer.alloc(1)]);
  const result = b.constant(negated ? 1 : 0);
  if (bytes.length > value.capacity) return result;
  const end = b.newLabel('differs');
  const base = b.address(value.at);
  for (let at = 0; at < bytes.length; ) {
    const left = bytes.length - at;
    const width = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    const wanted = width === 8 ? bytes.readBigUInt64LE(at) : BigInt(bytes.readUIntLE(at, width));
    b.branch('!=', b.load(width, base, at), imm(wanted), end);
    at += width;
  }
  b.assign(result, imm(negated ? 0 : 1));
  b.label(end);
  return result;
}

const CONDITION = { '==': '==', '!=': '!=', '<': 's<', '<=': 's<=', '>': 's>', '>=': 's>=' } as const;

/** Walks both strings to the first difference or the end, which comes within the capacity of either. */
function orderStrings(code: Code, operator: ComparisonOperator, left: StringValue, right: StringValue): V {
  const { b } = code;
  const difference = new Cell(code, imm(0));
  const capacity = Math.min(left.capacity, right.capacity);
  const [p, q] = [b.address(left.at), b.address(right.at)];
  const out = b.newLabel('compared');
  repeat(code, capacity, (index) => {
    const x = b.load(1, b.alu('add', p, index));
    const y = b.load(1, b.alu('add', q, index));
    const distance = b.alu('sub', x, y);
    difference.set(distance);
    b.branch('!=', distance, imm(0), out);
    b.branch('==', x, imm(0), out);
  });
  b.label(out);
  const result = b.constant(1);
  const end = b.newLabel('end');
  b.branch(CONDITION[operator], difference.get(), imm(0), end);
  b.assign(result, imm(0));
  b.label(end);
  return result;
}
