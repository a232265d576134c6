import type { Expr } from '../../language/checked.js';
import { Fault } from '../../language/faults.js';
import type { Code } from '../code.js';
import { evaluate, inRegister, type Scalar } from '../expression.js';
import { imm } from '../ir/ir.js';
import { type Destination, destination, readString, type StringValue } from '../strings.js';
import { intoHeap, requested } from './heap-memory.js';

/** Bytes of the process's memory, as a pointer to a copy. */
export function copyin(code: Code, args: readonly Expr[], call: Expr): Scalar {
  const { b } = code;
  const address = inRegister(code, evaluate(code, args[0]!));
  const { to, size } = requested(code, call, args[1]!);
  const status = b.helper('bpf_probe_read_user', to, size, address);
  code.faultUnless('==', status, imm(0), Fault.badAddress, address);
  return to;
}

/** copyinto(address, size, pointer) */
export function copyinto(code: Code, args: readonly Expr[]): Scalar {
  const address = inRegister(code, evaluate(code, args[0]!));
  intoHeap(code, args[2]!, args[1]!, (to, size) => {
    const status = code.b.helper('bpf_probe_read_user', to, size, address);
    code.faultUnless('==', status, imm(0), Fault.badAddress, address);
  });
  return imm(0);
}

/** copyinstr(address [, size]) */
export function copyinstr(
  code: Code,
  args: readonly Expr[],
  to: Destination | undefined,
  capacity: number,
): StringValue {
  const address = inRegister(code, evaluate(code, args[0]!));
  const place = destination(code, to, capacity);
  return readString(code, address, place.at, capacity, true);
}
