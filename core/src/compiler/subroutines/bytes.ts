/** Byte order, and the numbers of devices. */
import type { Expr } from '../../language/checked.js';
import type { Code } from '../code.js';
import { evaluate, inRegister, type Scalar } from '../expression.js';
import { imm } from '../ir/ir.js';

/** From the machine's order to the network's or back: the same exchange. */
export const swapBytes =
  (bits: 16 | 32 | 64) =>
  (code: Code, args: readonly Expr[]): Scalar =>
    code.b.swap(inRegister(code, evaluate(code, args[0]!)), bits);

/** Device numbers as the kernel has them: 12 bits above 20. */
const MINOR_BITS = 20;
const DEVICE_BITS = 32;

export function getmajor(code: Code, args: readonly Expr[]): Scalar {
  const { b } = code;
  const top = b.alu('lsh', inRegister(code, evaluate(code, args[0]!)), imm(64 - DEVICE_BITS));
  return b.alu('rsh', top, imm(64 - DEVICE_BITS + MINOR_BITS));
}

export function getminor(code: Code, args: readonly Expr[]): Scalar {
  return code.b.alu('and', inRegister(code, evaluate(code, args[0]!)), imm((1 << MINOR_BITS) - 1));
}
