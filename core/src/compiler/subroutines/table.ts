/** D's subroutines by name: adding one is adding an entry here, a prototype in the language's table and a test. */
import type { Expr } from '../../language/checked.js';
import type { Code } from '../code.js';
import { evaluate, type Scalar } from '../expression.js';
import type { Destination, StringValue } from '../strings.js';
import { copyin, copyinstr } from './copyin.js';
import { basename } from './path.js';
import { raise, rand } from './process.js';
import { charat, lltostr, strjoin, strlen, substr } from './text.js';

export type StringCall = (
  code: Code,
  args: readonly Expr[],
  to: Destination | undefined,
  capacity: number,
) => StringValue;
export type ScalarCall = (code: Code, args: readonly Expr[]) => Scalar;

export const stringCalls: Readonly<Record<string, StringCall>> = {
  copyinstr,
  strjoin,
  substr,
  basename,
  lltostr,
};

export const scalarCalls: Readonly<Record<string, ScalarCall>> = {
  strlen,
  charat,
  copyin,
  raise,
  rand,
  /** Symbolic forms carry the address; the consumer names it. */
  sym: address,
  func: address,
  mod: address,
  uaddr: address,
  usym: address,
  ufunc: address,
  umod: address,
};

function address(code: Code, args: readonly Expr[]): Scalar {
  return evaluate(code, args[0]!);
}
