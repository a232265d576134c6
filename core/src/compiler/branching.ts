/** Conditions as jumps: what only decides where to go on need not become a number first. */
import type { ComparisonOperator, Expr } from '../language/checked.js';
import { isSigned, isString } from '../language/types/queries.js';
import type { Code } from './code.js';
import { held } from './effects.js';
import { condition, evaluate, inRegister } from './expression.js';
import { type Condition, imm } from './ir/ir.js';

const INVERSE: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '==': '!=',
  '!=': '==',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
};

const SIGNED: Readonly<Record<ComparisonOperator, Condition>> = {
  '==': '==',
  '!=': '!=',
  '<': 's<',
  '<=': 's<=',
  '>': 's>',
  '>=': 's>=',
};

export const conditionOf = (operator: ComparisonOperator, signed: boolean): Condition =>
  signed ? SIGNED[operator] : operator;

/** Goes to `to` when the expression's truth is `when`, and on otherwise. */
export function branchIf(code: Code, expr: Expr, when: boolean, to: string): void {
  const { b } = code;
  if (expr.kind === 'unary' && expr.operator === '!' && !isString(expr.operand.type)) {
    branchIf(code, expr.operand, !when, to);
  } else if (expr.kind === 'comparison' && !isString(expr.left.type)) {
    const left = held(code, evaluate(code, expr.left), expr.right);
    const right = evaluate(code, expr.right);
    const operator = when ? expr.operator : INVERSE[expr.operator];
    b.branch(conditionOf(operator, isSigned(expr.left.type)), inRegister(code, left()), right, to);
  } else if (expr.kind === 'logical' && expr.operator !== '^^') {
    // The side that decides alone: false for &&, true for ||.
    const decides = expr.operator === '||';
    const here = decides === when ? to : b.newLabel('decided');
    branchIf(code, expr.left, decides, here);
    code.region(() => branchIf(code, expr.right, when, to));
    if (here !== to) b.label(here);
  } else {
    b.branch(when ? '!=' : '==', inRegister(code, condition(code, expr)), imm(0), to);
  }
}
