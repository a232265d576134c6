/** Writing to the traced process's memory. */
import type { Expr } from '../../language/checked.js';
import { Fault } from '../../language/faults.js';
import type { Code } from '../code.js';
import { evaluate, inRegister, type Scalar } from '../expression.js';
import { type Imm, imm, isImm, type V } from '../ir/ir.js';
import { copyString, evaluateString } from '../strings.js';
import { sourceAddress } from './heap-memory.js';

/** copyout(from, address, size) */
export function copyout(code: Code, args: readonly Expr[]): Scalar {
  const { b } = code;
  return code.temporaries(() => {
    const from = inRegister(code, sourceAddress(code, args[0]!));
    const address = inRegister(code, evaluate(code, args[1]!));
    const size = evaluate(code, args[2]!);
    const room = isImm(size) ? Math.max(1, Number(size.imm)) : code.unit.options.scratchsize;
    if (!isImm(size)) code.faultUnless('<=', size, imm(room), Fault.badSize, size);
    // The helper takes its bytes from memory that the program owns.
    const copy = b.address(code.scratchBase, code.scratchOffset(room));
    const status = b.helper('bpf_probe_read_kernel', copy, size, from);
    code.faultUnless('==', status, imm(0), Fault.badAddress, from);
    writeUser(code, address, copy, size);
    return imm(0);
  });
}

/** copyoutstr(string, address, size): with its NUL, at most `size` bytes. */
export function copyoutstr(code: Code, args: readonly Expr[]): Scalar {
  const { b } = code;
  return code.temporaries(() => {
    const text = evaluateString(code, args[0]!);
    const address = inRegister(code, evaluate(code, args[1]!));
    const most = b.move(evaluate(code, args[2]!));
    const copy = b.address(code.scratchBase, code.scratchOffset(text.capacity));
    const { length } = copyString(code, text, { at: copy, capacity: text.capacity });
    const size = b.alu('add', b.move(length!), imm(1));
    const fits = b.newLabel('fits');
    b.branch('<=', size, most, fits);
    b.assign(size, most);
    b.label(fits);
    code.faultUnless('<=', size, imm(text.capacity), Fault.badSize, most);
    writeUser(code, address, copy, size);
    return imm(0);
  });
}

function writeUser(code: Code, address: V, from: V, size: V | Imm): void {
  const status = code.b.helper('bpf_probe_write_user', address, from, size);
  code.faultUnless('==', status, imm(0), Fault.badAddress, address);
}
