/** Addresses: which memory an expression points into, and how programs may read and write there. */
import type { Expr, ExprOf, VariableTarget } from '../language/checked.js';
import { Fault } from '../language/faults.js';
import { isSigned, resolve, sizeOf, spaceOf } from '../language/types/queries.js';
import type { Code } from './code.js';
import { loadDirectly } from './direct-load.js';
import { evaluate, inRegister, normalise, type Scalar, scalarWidth } from './expression.js';
import { type Imm, imm, isImm, type V, type Width } from './ir/ir.js';
import {
  copyString,
  type Destination,
  destination,
  evaluateNullable,
  readString,
  type StringValue,
} from './strings.js';
import { MAP } from './unit.js';
import { addressForWriting, addressOfVariable, copyMemory } from './variables.js';

/** An address taken apart: a base, a constant offset, and what is added at run time. */
interface Parts {
  readonly base: Expr;
  readonly offset: bigint;
  readonly moving: readonly Expr[];
}

const isAggregate = (expr: Expr): boolean =>
  ['struct', 'union', 'array', 'float'].includes(resolve(expr.type).kind);

export function takeApart(expr: Expr): Parts {
  if (expr.kind === 'arithmetic' && expr.operator === '+') {
    const inner = takeApart(expr.left);
    if (expr.right.kind === 'constant') return { ...inner, offset: inner.offset + expr.right.value };
    return { ...inner, moving: [...inner.moving, expr.right] };
  }
  // The value of a record or an array is its address.
  if (expr.kind === 'load' && isAggregate(expr)) return takeApart(expr.address);
  if (
    expr.kind === 'convert' &&
    ['pointer', 'array'].includes(resolve(expr.operand.type).kind) &&
    resolve(expr.type).kind === 'pointer'
  ) {
    return takeApart(expr.operand);
  }
  return { base: expr, offset: 0n, moving: [] };
}

/** The variable whose bytes a base is the address of. */
export function variableOf(base: Expr): VariableTarget | undefined {
  if (base.kind === 'address-of') return base.target;
  if ((base.kind === 'variable' || base.kind === 'element') && isAggregate(base)) return base;
  return undefined;
}

/** Pointers that may be more than numbers to the verifier, which then forbids arithmetic on them. */
export function mayBeTracked(expr: Expr): boolean {
  switch (expr.kind) {
    case 'constant':
    case 'element':
    case 'builtin-element':
      return false;
    case 'variable':
      return expr.variable.scope === 'this' || isAggregate(expr);
    default:
      return true;
  }
}

/** The same address as a plain number: a trip through memory makes the verifier forget what it was. */
export function asNumber(code: Code, value: Scalar): Scalar {
  if (isImm(value)) return value;
  const at = code.launderOffset();
  code.b.store(8, code.scratchBase, at, value);
  return code.b.load(8, code.scratchBase, at);
}

// ---- reading -------------------------------------------------------------------------------------------

export function load(code: Code, expr: ExprOf<'load'>): Scalar {
  const { kind } = resolve(expr.type);
  if (isAggregate(expr) || kind === 'string') return evaluate(code, expr.address);
  const width = scalarWidth(expr.type);
  const value = readScalar(code, expr, width);
  if (!expr.bits) return isSigned(expr.type) ? normalise(code, value, expr.type) : value;
  const { offset: low, size } = expr.bits;
  const top = code.b.alu('lsh', value, imm(64 - low - size));
  return code.b.alu(isSigned(expr.type) ? 'arsh' : 'rsh', top, imm(64 - size));
}

function readScalar(code: Code, expr: ExprOf<'load'>, width: Width): V {
  const parts = takeApart(expr.address);
  const target = variableOf(parts.base);
  if (target && reaches(code, target, parts, width)) {
    const at = placeInVariable(code, target, parts, width, false);
    return code.b.load(width, at.base, at.offset);
  }
  const space = spaceOf(expr.address.type);
  if (space === 'scratch') return code.b.load(width, placeInHeap(code, expr.address, width), 0);
  const small = parts.offset >= 0n && parts.offset < 32768n;
  if (!expr.bits && parts.moving.length === 0 && small) {
    const value = loadDirectly(code, parts.base, Number(parts.offset), width);
    if (value !== undefined) return value;
  }
  return code.readMemory(
    evaluate(code, expr.address),
    width,
    space === 'user',
    parts.moving.length === 0 ? parts.offset : 0n,
  );
}

/** A cast lets a constant offset lead out of a variable's bytes: what lies there is memory like any other. */
function reaches(code: Code, target: VariableTarget, parts: Parts, width: number): boolean {
  const size = BigInt(sizeOf(target.type, code.unit.options.strsize) ?? 8);
  return parts.moving.length > 0 || (parts.offset >= 0n && parts.offset + BigInt(width) <= size);
}

/** A string at an address: where its bytes may be read directly they stay there, else they are copied. */
export function loadString(code: Code, expr: ExprOf<'load'>, to?: Destination): StringValue {
  const { strsize } = code.unit.options;
  const parts = takeApart(expr.address);
  const target = variableOf(parts.base);
  if (target && reaches(code, target, parts, strsize)) {
    const { base, offset } = placeInVariable(code, target, parts, strsize, false);
    if (parts.moving.length === 0) return { at: code.b.address(base, offset), capacity: strsize };
    return readString(code, base, destination(code, to, strsize).at, strsize, false);
  }
  const space = spaceOf(expr.address.type);
  const from =
    space === 'scratch' ? placeInHeap(code, expr.address, 1) : asNumber(code, evaluate(code, expr.address));
  return readString(code, from, destination(code, to, strsize).at, strsize, space === 'user');
}

/** How far into the clause's own memory an address leads. */
export function distanceInHeap(code: Code, address: V): V {
  return code.b.alu('sub', address, inRegister(code, asNumber(code, code.heap.address())));
}

/** How a pointer that leaves the clause's own memory is reported: where that memory lies is not everybody's to know. */
export function outsideHeap(code: Code, address: V): { readonly kind: number; readonly shown: V | Imm } {
  if (code.unit.input.owner !== undefined) return { kind: Fault.kernelAccess, shown: imm(0) };
  return { kind: Fault.badAddress, shown: address };
}

/** The place that a pointer to the clause's own memory leads to; outside of it the clause faults. */
function placeInHeap(code: Code, pointer: Expr, width: number): V {
  const { b, heap } = code;
  const address = inRegister(code, asNumber(code, evaluate(code, pointer)));
  const offset = distanceInHeap(code, address);
  const { kind, shown } = outsideHeap(code, address);
  if (heap.size < width) code.fault(kind, shown);
  else code.faultUnless('<=', offset, imm(heap.size - width), kind, shown);
  return b.alu('add', heap.address(), offset);
}

/** A place inside a variable's bytes; what moves at run time is checked against their number. */
function placeInVariable(
  code: Code,
  target: VariableTarget,
  parts: Parts,
  width: number,
  writing: boolean,
): { base: V; offset: number } {
  const size = BigInt(sizeOf(target.type, code.unit.options.strsize) ?? 8);
  const address = () => (writing ? addressForWriting(code, target) : addressOfVariable(code, target));
  const constant = parts.moving.length === 0;
  if (constant) {
    if (parts.offset < 0n || parts.offset + BigInt(width) > size) {
      code.fault(Fault.badAddress, imm(parts.offset));
      return { base: address(), offset: 0 };
    }
    return { base: address(), offset: Number(parts.offset) };
  }
  const [first, ...more] = parts.moving.map((part) => evaluate(code, part));
  let moving = inRegister(code, first!);
  for (const part of more) moving = code.b.alu('add', moving, part);
  if (parts.offset !== 0n) moving = code.b.alu('add', moving, imm(parts.offset));
  const element = elementSize(code, target);
  const index = code.b.move(moving);
  code.faultUnless('<=', index, imm(size - BigInt(width)), Fault.badIndex, indexOf(code, moving, element));
  return { base: code.b.alu('add', address(), index), offset: 0 };
}

function elementSize(code: Code, target: VariableTarget): number {
  const bare = resolve(target.type);
  return bare.kind === 'array' ? (sizeOf(bare.of, code.unit.options.strsize) ?? 1) : 1;
}

/** The array index that a byte offset came from, as the fault reports it. */
function indexOf(code: Code, bytes: V, element: number): V | Imm {
  return element <= 1 ? bytes : code.b.alu('div', bytes, imm(element));
}

// ---- writing -------------------------------------------------------------------------------------------

/** `*address = value`: into a variable's bytes, or through a pointer that turns out to lead to our own memory. */
export function storeThrough(code: Code, target: ExprOf<'load'>, value: Scalar): void {
  // A record or an array is stored whole: its value is where its bytes are.
  const whole = isAggregate(target);
  const bytes = whole ? (sizeOf(target.type, code.unit.options.strsize) ?? 8) : scalarWidth(target.type);
  writeThrough(code, target, bytes, (base, at) =>
    whole
      ? copyMemory(code, code.b.address(base, at), bytes, inRegister(code, value))
      : writeScalar(code, target, base, at, scalarWidth(target.type), value),
  );
}

/** The same of a string; returns the address of the value read. */
export function storeStringThrough(code: Code, target: ExprOf<'load'>, from: Expr): V {
  const { strsize } = code.unit.options;
  const value = evaluateNullable(code, from);
  writeThrough(code, target, strsize, (base, at) => {
    copyString(code, value, { at: code.b.address(base, at), capacity: strsize });
  });
  return code.b.address(value.at);
}

function writeThrough(
  code: Code,
  target: ExprOf<'load'>,
  bytes: number,
  write: (base: V, at: number) => void,
): void {
  const parts = takeApart(target.address);
  const variable = variableOf(parts.base);
  if (variable) {
    const { base, offset } = placeInVariable(code, variable, parts, bytes, true);
    write(base, offset);
    return;
  }
  if (spaceOf(target.address.type) === 'scratch') {
    write(placeInHeap(code, target.address, bytes), 0);
    return;
  }
  const address = inRegister(code, asNumber(code, evaluate(code, target.address)));
  const done = code.b.newLabel('written');
  for (const { base, size } of writableAreas(code).filter((area) => area.size >= bytes)) {
    const elsewhere = code.b.newLabel('elsewhere');
    const start = inRegister(code, asNumber(code, base));
    const offset = code.b.alu('sub', address, start);
    code.b.branch('>', offset, imm(size - bytes), elsewhere);
    write(code.b.alu('add', base, offset), 0);
    code.b.jump(done);
    code.b.label(elsewhere);
  }
  code.fault(Fault.badAddress, address);
  code.b.label(done);
}

/** Memory that D programs own: global variables and this run's scratch space. */
function writableAreas(code: Code): { base: V; size: number }[] {
  const areas = [{ base: code.b.address(code.scratchBase, 8), size: code.scratchWritable }];
  const globals = code.unit.globalBytes;
  if (globals >= 8) areas.push({ base: code.b.move({ map: MAP.globals, value: 0 }), size: globals });
  return areas.filter((area) => area.size >= 8);
}

function writeScalar(
  code: Code,
  target: ExprOf<'load'>,
  base: V,
  at: number,
  width: Width,
  value: Scalar,
): void {
  const { b } = code;
  if (!target.bits) {
    b.store(width, base, at, value);
    return;
  }
  const { offset, size } = target.bits;
  const mask = ((1n << BigInt(size)) - 1n) << BigInt(offset);
  const kept = b.alu('and', b.load(width, base, at), imm(~mask));
  const bits = b.alu('and', b.alu('lsh', inRegister(code, value), imm(offset)), imm(mask));
  b.store(width, base, at, b.alu('or', kept, bits));
}
