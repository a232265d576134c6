/**
 * Scalar expressions: each evaluates to a register or a constant, in the range of its type but for what `ranges.ts`
 * says of arithmetic.
 */
import type { ArithmeticOperator, Expr, ExprOf, Target } from '../language/checked.js';
import { Fault } from '../language/faults.js';
import { asInteger, isFloat, isSigned, isString, resolve, sizeOf } from '../language/types/queries.js';
import type { Type } from '../language/types.js';
import { branchIf, conditionOf } from './branching.js';
import { builtinScalar } from './builtins.js';
import { Cell } from './cell.js';
import { type Code, Level } from './code.js';
import { held, inOrder, repeatableTarget } from './effects.js';
import { type AluOp, type Condition, type Imm, imm, isImm, type V, type Width } from './ir/ir.js';
import { asNumber, load, mayBeTracked, storeStringThrough, storeThrough } from './memory.js';
import { cuts, mayExceed } from './ranges.js';
import { buildRecord } from './records.js';
import { noCode } from './refusals.js';
import { register } from './registers.js';
import { writeBlock } from './statements.js';
import { bindTemp, compareStrings, evaluateString } from './strings.js';
import { scalarCalls } from './subroutines/table.js';
import { addressOfVariable, loadVariable, storeVariable } from './variables.js';

export type Scalar = V | Imm;

export function scalarWidth(type: Type): Width {
  const bare = resolve(type);
  if (bare.kind === 'integer' || bare.kind === 'enum') return bare.size === 16 ? 8 : bare.size;
  return 8;
}

/** Brings a 64-bit result into the range of a narrower type. */
export function normalise(code: Code, value: Scalar, type: Type): Scalar {
  const width = scalarWidth(type);
  if (width === 8) return value;
  const bits = width * 8;
  const signed = isSigned(type);
  if (isImm(value)) return imm(signed ? BigInt.asIntN(bits, value.imm) : BigInt.asUintN(bits, value.imm));
  const shift = imm(64 - bits);
  if (!signed && width < 4) return code.b.alu('and', value, imm((1n << BigInt(bits)) - 1n));
  return code.b.alu(signed ? 'arsh' : 'rsh', code.b.alu('lsh', value, shift), shift);
}

export function inRegister(code: Code, value: Scalar): V {
  return isImm(value) ? code.b.move(value) : value;
}

/** The address of a word that holds it: what programs do not calculate with is only copied. */
function inMemory(code: Code, value: Scalar): V {
  const at = code.launderOffset();
  code.b.store(8, code.scratchBase, at, value);
  return code.b.address(code.scratchBase, at);
}

type Evaluate<K extends Expr['kind']> = (code: Code, expr: ExprOf<K>) => Scalar;

const evaluators: { readonly [K in Expr['kind']]: Evaluate<K> } = {
  constant: (_, expr) => imm(expr.value),
  string: (code, expr) => code.b.address(evaluateString(code, expr).at),
  builtin: (code, expr) => (isString(expr.type) ? stringAddress(code, expr) : builtinScalar(code, expr.name)),
  arg: (code, expr) => code.mapping.arg(code, expr.index),
  'probe-arg': (code, expr) => {
    const value = code.mapping.typed(code, expr.index);
    return isFloat(expr.type) ? inMemory(code, value) : value;
  },
  variable: (code, expr) => loadVariable(code, expr),
  element: (code, expr) => loadVariable(code, expr),
  'builtin-element': register,
  load,
  record: (code, expr) => buildRecord(code, expr),
  'address-of': (code, expr) => addressOfVariable(code, expr.target),
  unary: (code, expr) => {
    const operand = evaluate(code, expr.operand);
    if (expr.operator === '!') return truth(code, operand, '==');
    const v = inRegister(code, operand);
    const result = expr.operator === '-' ? code.b.negate(v) : code.b.alu('xor', v, imm(-1));
    return normalise(code, result, expr.type);
  },
  arithmetic: (code, expr) =>
    arithmetic(
      code,
      expr.operator,
      held(code, numeric(code, expr.left, expr.right), expr.right),
      () => evaluate(code, expr.right),
      expr.type,
    ),
  comparison: (code, expr) => {
    if (isString(expr.left.type))
      return code.temporaries(() => compareStrings(code, expr.operator, expr.left, expr.right));
    const left = held(code, evaluate(code, expr.left), expr.right);
    const right = evaluate(code, expr.right);
    const when = conditionOf(expr.operator, isSigned(expr.left.type));
    return flag(code, when, inRegister(code, left()), right);
  },
  logical,
  conditional: (code, expr) => {
    const { b } = code;
    const result = joined(code);
    const other = b.newLabel('else');
    const end = b.newLabel('end');
    branchIf(code, expr.condition, false, other);
    code.region(() => result.set(evaluate(code, expr.then)));
    b.jump(end);
    b.label(other);
    code.region(() => result.set(evaluate(code, expr.else)));
    b.label(end);
    return result.get();
  },
  comma: (code, expr) => {
    evaluate(code, expr.left);
    return evaluate(code, expr.right);
  },
  convert: (code, expr) => {
    const from = resolve(expr.operand.type);
    const forgets =
      from.kind === 'pointer' && resolve(expr.type).kind !== 'pointer' && mayBeTracked(expr.operand);
    const operand = evaluate(code, expr.operand);
    const value = forgets ? asNumber(code, operand) : operand;
    return cuts(expr) || from.kind !== 'integer' ? normalise(code, value, expr.type) : value;
  },
  stringof: stringAddress,
  assign,
  update: (code, expr) => {
    const target = repeatableTarget(code, expr.target);
    const old = code.b.move(evaluate(code, target));
    const next = normalise(code, code.b.alu('add', old, imm(expr.delta)), expr.type);
    storeTarget(code, target, next);
    return expr.prefix ? next : old;
  },
  call: (code, expr) => {
    if (isString(expr.type)) return stringAddress(code, expr);
    const produce = scalarCalls[expr.name];
    if (!produce) return noCode(`${expr.name}( )`, expr.span);
    return produce(code, inOrder(code, expr.arguments), expr);
  },
  let: (code, expr) => {
    bindTemp(code, expr);
    return evaluate(code, expr.body);
  },
  block: (code, expr) => {
    writeBlock(code, expr);
    return expr.result ? evaluate(code, expr.result) : imm(0);
  },
  temp: (code, expr) => {
    const known = code.temps.get(expr.temp.id);
    if (known === undefined) throw new Error(`temp ${expr.temp.id} is not set`);
    return known as V;
  },
};

export function evaluate(code: Code, expr: Expr): Scalar {
  return (evaluators[expr.kind] as (code: Code, expr: Expr) => Scalar)(code, expr);
}

/** The left side of an operation: a pointer that moves by an unknown distance must be a plain number first. */
function numeric(code: Code, left: Expr, right: Expr): Scalar {
  const value = evaluate(code, left);
  const moves = resolve(left.type).kind === 'pointer' && right.kind !== 'constant' && mayBeTracked(left);
  return moves ? asNumber(code, value) : value;
}

function stringAddress(code: Code, expr: Expr): V {
  return code.b.address(evaluateString(code, expr).at);
}

/** A condition's truth: scalars as they are; a string is true when it is not empty. */
export function condition(code: Code, expr: Expr): Scalar {
  if (!isString(expr.type)) return evaluate(code, expr);
  return code.temporaries(() => code.loadAt(evaluateString(code, expr).at, 0, 1));
}

function truth(code: Code, value: Scalar, when: '==' | '!='): Scalar {
  if (isImm(value)) return imm((value.imm === 0n) === (when === '==') ? 1 : 0);
  return flag(code, when, value, imm(0));
}

/**
 * A value set on several paths that meet. In large programs it goes through memory: the verifier would follow each
 * combination of such values to the end.
 */
function joined(code: Code): { set(value: Scalar): void; get(): V } {
  if (code.level >= Level.careful) {
    const cell = new Cell(code);
    return { set: (value) => cell.set(value), get: () => cell.get() };
  }
  const result = code.b.register();
  return { set: (value) => code.b.assign(result, value), get: () => result };
}

function flag(code: Code, when: Condition, a: V, b: Scalar): V {
  const result = joined(code);
  const end = code.b.newLabel('true');
  result.set(imm(1));
  code.b.branch(when, a, b, end);
  result.set(imm(0));
  code.b.label(end);
  return result.get();
}

function logical(code: Code, expr: ExprOf<'logical'>): Scalar {
  const { b } = code;
  if (expr.operator === '^^') {
    const left = held(code, truth(code, condition(code, expr.left), '!='), expr.right);
    const right = inRegister(code, truth(code, condition(code, expr.right), '!='));
    return b.alu('xor', inRegister(code, left()), right);
  }
  const result = joined(code);
  const [no, end] = [b.newLabel('false'), b.newLabel('decided')];
  branchIf(code, expr, false, no);
  result.set(imm(1));
  b.jump(end);
  b.label(no);
  result.set(imm(0));
  b.label(end);
  return result.get();
}

// ---- arithmetic ----------------------------------------------------------------------------------------

const ALU: Readonly<Record<Exclude<ArithmeticOperator, '/' | '%' | '>>'>, AluOp>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '<<': 'lsh',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
};

function arithmetic(
  code: Code,
  operator: ArithmeticOperator,
  leftOf: () => Scalar,
  rightOf: () => Scalar,
  type: Type,
): Scalar {
  const right = rightOf();
  const left = inRegister(code, leftOf());
  const signed = isSigned(type);
  switch (operator) {
    case '/':
    case '%':
      return divide(code, operator, left, right, signed);
    case '>>':
      return code.b.alu(signed ? 'arsh' : 'rsh', left, shiftCount(code, right));
    case '<<':
      return code.b.alu('lsh', left, shiftCount(code, right));
    default:
      return code.b.alu(ALU[operator], left, right);
  }
}

/** Shift counts are taken modulo 64, as the machine does; the verifier wants that said for constants. */
function shiftCount(code: Code, count: Scalar): Scalar {
  return isImm(count) ? imm(count.imm & 63n) : code.b.alu('and', count, imm(63));
}

function divide(code: Code, operator: '/' | '%', left: V, right: Scalar, signed: boolean): V {
  const { b } = code;
  if (!isImm(right)) code.faultUnless('!=', right, imm(0), Fault.divideByZero, imm(0));
  else if (right.imm === 0n) {
    code.fault(Fault.divideByZero, imm(0));
    return b.constant(0);
  }
  if (!signed) return b.alu(operator === '/' ? 'div' : 'mod', left, right);
  if (code.has('cpu_v4')) return b.alu(operator === '/' ? 'sdiv' : 'smod', left, right);
  // Without signed division: divide magnitudes, then give the result its sign.
  const [x, y] = [
    magnitude(code, left),
    isImm(right) ? imm(right.imm < 0n ? -right.imm : right.imm) : magnitude(code, right),
  ];
  const result = b.move(b.alu(operator === '/' ? 'div' : 'mod', x, y));
  const sign = operator === '%' ? left : b.alu('xor', left, right);
  const end = b.newLabel('sign');
  b.branch('s>=', sign, imm(0), end);
  b.assign(result, b.negate(result));
  b.label(end);
  return result;
}

function magnitude(code: Code, value: V): V {
  const result = code.b.move(value);
  const end = code.b.newLabel('positive');
  code.b.branch('s>=', result, imm(0), end);
  code.b.assign(result, code.b.negate(result));
  code.b.label(end);
  return result;
}

// ---- assignment ----------------------------------------------------------------------------------------

function assign(code: Code, expr: ExprOf<'assign'>): Scalar {
  if (expr.target.kind !== 'load' && !isScalarType(expr.target.type)) {
    return storeVariable(code, expr.target, expr.value);
  }
  if (expr.target.kind === 'load' && isString(expr.target.type)) {
    const { target } = expr;
    return code.temporaries(() => storeStringThrough(code, target, expr.value));
  }
  if (!expr.operator) {
    const computed = evaluate(code, expr.value);
    const value = mayExceed(expr.value) ? normalise(code, computed, expr.target.type) : computed;
    storeTarget(code, expr.target, value, expr.value);
    return value;
  }
  const operandType = expr.operandType ?? expr.type;
  const target = repeatableTarget(code, expr.target);
  const old = normaliseTo(code, code.b.move(evaluate(code, target)), target.type, operandType);
  const left = held(code, old, expr.value);
  const result = arithmetic(code, expr.operator, left, () => evaluate(code, expr.value), operandType);
  const next = normalise(code, result, target.type);
  storeTarget(code, target, next);
  return next;
}

function normaliseTo(code: Code, value: V, from: Type, to: Type): Scalar {
  const narrows = scalarWidth(to) < scalarWidth(from) || isSigned(to) !== isSigned(from);
  return narrows ? normalise(code, value, to) : value;
}

function isScalarType(type: Type): boolean {
  return asInteger(type) !== undefined || resolve(type).kind === 'pointer';
}

function storeTarget(code: Code, target: Target, value: Scalar, from?: Expr): void {
  if (target.kind === 'load') {
    storeThrough(code, target, value);
    return;
  }
  storeVariable(
    code,
    target,
    from ?? { kind: 'constant', value: 0n, type: target.type, span: target.span },
    value,
  );
}

export function sizeOfType(code: Code, type: Type): number {
  return sizeOf(type, code.unit.options.strsize) ?? 8;
}
