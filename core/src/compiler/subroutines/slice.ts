/** Parts of a string as strings. */
import type { Code } from '../code.js';
import { imm, type V } from '../ir/ir.js';
import { type Destination, destination, type StringValue } from '../strings.js';

/**
 * The text from `from` on, at most `size` bytes of it. A negative `from` says that there is no such string. Copies:
 * whoever gets the result may look at its whole capacity.
 */
export function sliceString(
  code: Code,
  text: StringValue,
  from: V,
  to: Destination | undefined,
  capacity: number,
  size?: V,
): StringValue {
  const { b } = code;
  const place = destination(code, to, capacity);
  const at = b.address(place.at);
  const [nothing, end] = [b.newLabel('nothing'), b.newLabel('sliced')];
  const absent = b.constant(0);
  const start = b.move(from);
  b.branch('>', start, imm(text.capacity - 1), nothing);
  const source = b.alu('add', b.address(text.at), start);
  if (size === undefined) b.helper('bpf_probe_read_kernel_str', at, imm(capacity), source);
  else {
    const cut = b.newLabel('cut');
    const bytes = b.move(size);
    b.branch('<=', bytes, imm(capacity - 1), cut);
    b.assign(bytes, imm(capacity - 1));
    b.label(cut);
    b.helper('bpf_probe_read_kernel_str', at, b.alu('add', bytes, imm(1)), source);
  }
  b.jump(end);
  b.label(nothing);
  b.store(1, at, 0, imm(0));
  b.assign(absent, imm(1));
  b.label(end);
  return { at: place.at, capacity, absent };
}
