/** Side effects inside expressions: what was evaluated before one must stay what it was. */
import type { Expr, Target, Temp } from '../language/checked.js';
import { isString } from '../language/types/queries.js';
import { Cell } from './cell.js';
import { type Code, Level } from './code.js';
import { evaluate, type Scalar } from './expression.js';
import { isImm } from './ir/ir.js';
import { copyString, evaluateNullable, type StringValue } from './strings.js';
import { childrenOf } from './walk.js';

const known = new WeakMap<Expr, boolean>();

/** Whether evaluating it changes a variable or memory. */
export function hasEffects(expr: Expr): boolean {
  let result = known.get(expr);
  if (result === undefined) {
    result =
      expr.kind === 'assign' ||
      expr.kind === 'update' ||
      expr.kind === 'block' ||
      (expr.kind === 'call' && CHANGING.has(expr.name)) ||
      childrenOf(expr).some(hasEffects);
    known.set(expr, result);
  }
  return result;
}

const CHANGING = new Set(['strtok', 'bcopy', 'copyinto']);

/**
 * A value to be used after `next` is evaluated: a clause-local variable's register may be assigned there, and where
 * registers are short the value waits in memory.
 */
export function held(code: Code, value: Scalar, next: Expr): () => Scalar {
  if (isImm(value) || isLeaf(next)) return () => value;
  if (code.level >= Level.frugal) {
    const cell = new Cell(code, value);
    return () => cell.get();
  }
  const own = hasEffects(next) ? code.b.move(value) : value;
  return () => own;
}

const isLeaf = (expr: Expr): boolean => childrenOf(expr).length === 0;

/** Evaluates now; the expression returned stands for the value from here on. */
function settled(code: Code, expr: Expr): Expr {
  if (expr.kind === 'constant' || expr.kind === 'string') return expr;
  const temp: Temp = { id: -1 - code.temps.size, type: expr.type };
  code.temps.set(temp.id, isString(expr.type) ? ownString(code, expr) : code.b.move(evaluate(code, expr)));
  return { kind: 'temp', temp, type: expr.type, span: expr.span };
}

function ownString(code: Code, expr: Expr): StringValue {
  const value = evaluateNullable(code, expr);
  const at = code.b.address(code.scratchBase, code.scratchOffset(value.capacity));
  const copy = copyString(code, value, { at, capacity: value.capacity });
  return value.absent === undefined ? copy : { ...copy, absent: value.absent };
}

/** Arguments of which later ones have effects: what comes before those is evaluated, in order. */
export function inOrder(code: Code, args: readonly Expr[]): readonly Expr[] {
  const last = args.findLastIndex(hasEffects);
  return last <= 0 ? args : args.map((arg, i) => (i < last ? settled(code, arg) : arg));
}

/** An expression that may be evaluated twice: its effects happen here, once. */
function repeatable(code: Code, expr: Expr): Expr {
  if (!hasEffects(expr)) return expr;
  switch (expr.kind) {
    case 'arithmetic':
      return { ...expr, left: repeatable(code, expr.left), right: repeatable(code, expr.right) };
    case 'convert':
      return { ...expr, operand: repeatable(code, expr.operand) };
    case 'load':
      return { ...expr, address: repeatable(code, expr.address) };
    case 'address-of':
      return { ...expr, target: repeatableTarget(code, expr.target) };
    default:
      return settled(code, expr);
  }
}

/** A target that may be read and then written: keys and addresses with effects are evaluated here. */
export function repeatableTarget<T extends Target>(code: Code, target: T): T {
  if (target.kind === 'variable' || !hasEffects(target)) return target;
  if (target.kind === 'load') return { ...target, address: repeatable(code, target.address) };
  return { ...target, keys: target.keys.map((key) => (hasEffects(key) ? settled(code, key) : key)) };
}
