/** alloca() and what writes to the memory it gives. */
import type { Expr } from '../../language/checked.js';
import { Fault } from '../../language/faults.js';
import { isString, spaceOf } from '../../language/types/queries.js';
import type { Code } from '../code.js';
import { evaluate, inRegister, type Scalar } from '../expression.js';
import { type Imm, imm, isImm, type V } from '../ir/ir.js';
import { asNumber, distanceInHeap, outsideHeap } from '../memory.js';
import { evaluateString } from '../strings.js';

/** The memory laid out for a request, its size checked where it is known only now. */
export function requested(code: Code, call: Expr, sizeOf: Expr): { readonly to: V; readonly size: V | Imm } {
  const place = code.heap.place(call);
  const size = evaluate(code, sizeOf);
  if (!isImm(size)) code.faultUnless('<=', size, imm(place.size), Fault.noScratch, size);
  return { to: code.b.address(code.scratchBase, place.offset), size };
}

/** Memory until the clause ends, cleared. */
export function alloca(code: Code, args: readonly Expr[], call: Expr): Scalar {
  const { to } = requested(code, call, args[0]!);
  const { size } = code.heap.place(call);
  if (size > 0) code.zero(to, 0, size);
  return to;
}

/**
 * Lets `write` fill `size` bytes at a pointer that must lead into the clause's own memory. The pointer may have come
 * by way of a variable: only its distance from the start of that memory counts.
 */
export function intoHeap(
  code: Code,
  pointer: Expr,
  sizeOf: Expr,
  write: (to: V, size: V | Imm) => void,
): void {
  const { b, heap } = code;
  const address = inRegister(code, asNumber(code, evaluate(code, pointer)));
  const size = evaluate(code, sizeOf);
  const count = b.move(size);
  const offset = distanceInHeap(code, address);
  const { kind, shown } = outsideHeap(code, address);
  code.faultUnless('<', offset, imm(heap.size), kind, shown);
  code.faultUnless('<=', count, imm(heap.size), Fault.badSize, count);
  code.faultUnless('<=', b.alu('add', offset, count), imm(heap.size), Fault.badSize, count);
  const nothing = b.newLabel('nothing');
  b.branch('==', count, imm(0), nothing);
  write(b.alu('add', heap.address(), offset), count);
  b.label(nothing);
}

/** The address copied from: a string's bytes, or where a pointer leads. */
export function sourceAddress(code: Code, from: Expr): Scalar {
  if (isString(from.type)) return code.b.address(evaluateString(code, from).at);
  return asNumber(code, evaluate(code, from));
}

/** bcopy(from, to, size) */
export function bcopy(code: Code, args: readonly Expr[]): Scalar {
  const { b, heap } = code;
  const from = inRegister(code, sourceAddress(code, args[0]!));
  const space = spaceOf(args[0]!.type);
  const helper = space === 'user' ? 'bpf_probe_read_user' : 'bpf_probe_read_kernel';
  intoHeap(code, args[1]!, args[2]!, (to, size) => {
    if (space === 'scratch') {
      const end = b.alu('add', distanceInHeap(code, from), size);
      code.faultUnless('<=', end, imm(heap.size), Fault.badSize, size);
    }
    const status = code.b.helper(helper, to, size, from);
    code.faultUnless('==', status, imm(0), Fault.badAddress, inRegister(code, asNumber(code, from)));
  });
  return imm(0);
}
