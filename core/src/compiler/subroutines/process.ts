import type { Expr } from '../../language/checked.js';
import type { Code } from '../code.js';
import { evaluate, type Scalar } from '../expression.js';
import { imm } from '../ir/ir.js';

/** Sends a signal to the current process. */
export function raise(code: Code, args: readonly Expr[]): Scalar {
  code.b.helper('bpf_send_signal', evaluate(code, args[0]!));
  return imm(0);
}

export function rand(code: Code): Scalar {
  return code.b.helper('bpf_get_prandom_u32');
}
