import type { Expr } from '../../language/checked.js';
import { Fault } from '../../language/faults.js';
import type { Code } from '../code.js';
import { evaluate, inRegister, type Scalar } from '../expression.js';
import { imm, isImm } from '../ir/ir.js';
import { type Destination, destination, readString, type StringValue } from '../strings.js';

/** Most bytes copyin() takes when its size is not a constant. */
const LARGEST_VARIABLE_COPY = 4096;

/** Bytes of the process's memory, as a pointer to a copy. */
export function copyin(code: Code, args: readonly Expr[]): Scalar {
  const { b } = code;
  const address = inRegister(code, evaluate(code, args[0]!));
  const size = evaluate(code, args[1]!);
  const room = isImm(size) ? Number(size.imm) : LARGEST_VARIABLE_COPY;
  const offset = code.scratchOffset(room);
  if (!isImm(size)) code.faultUnless('<=', size, imm(room), Fault.noScratch, size);
  const to = b.address(code.scratchBase, offset);
  const status = b.helper('bpf_probe_read_user', to, size, address);
  code.faultUnless('==', status, imm(0), Fault.badAddress, address);
  return to;
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
