/**
 * Which values may be wider than their type. Arithmetic is done in 64 bits, as every DTrace does it: `a * b / c` over
 * ints does not overflow on the way. Values are cut to their type where they are stored, recorded or cast.
 */
import type { ArithmeticOperator, Expr } from '../language/checked.js';
import { isSigned } from '../language/types/queries.js';
import { scalarWidth } from './expression.js';

const GROWING: ReadonlySet<ArithmeticOperator> = new Set(['+', '-', '*', '<<', '/']);

export function mayExceed(expr: Expr): boolean {
  switch (expr.kind) {
    case 'arithmetic':
      if (scalarWidth(expr.type) === 8) return false;
      return GROWING.has(expr.operator) || mayExceed(expr.left) || mayExceed(expr.right);
    case 'conditional':
      return mayExceed(expr.then) || mayExceed(expr.else);
    case 'comma':
      return mayExceed(expr.right);
    case 'let':
      return mayExceed(expr.body);
    case 'convert':
      return widens(expr) && scalarWidth(expr.type) < 8 && mayExceed(expr.operand);
    default:
      // What a name stands for may be any expression.
      return expr.kind === 'temp';
  }
}

type Conversion = Extract<Expr, { kind: 'convert' }>;

const sameSign = ({ type, operand }: Conversion): boolean => isSigned(type) === isSigned(operand.type);
const widens = (e: Conversion): boolean => sameSign(e) && scalarWidth(e.type) > scalarWidth(e.operand.type);

/** Whether a conversion must bring values into the range of its type. */
export function cuts(e: Conversion): boolean {
  if (!sameSign(e) || scalarWidth(e.type) < scalarWidth(e.operand.type)) return true;
  return !widens(e) && mayExceed(e.operand);
}
