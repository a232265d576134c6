/** args_text(address, size): the arguments of a program, which lie one behind the other, with blanks between. */
import type { Expr } from '../../language/checked.js';
import { Fault } from '../../language/faults.js';
import { isZero, maskFor, within } from '../branchless.js';
import type { Code } from '../code.js';
import { evaluate, inRegister } from '../expression.js';
import { imm } from '../ir/ir.js';
import { repeat } from '../loops.js';
import type { Destination, StringValue } from '../strings.js';

/** What pr_psargs holds everywhere. */
const LONGEST = 80;
const BLANK = ' '.charCodeAt(0);

export function argsText(
  code: Code,
  args: readonly Expr[],
  _to: Destination | undefined,
  capacity: number,
): StringValue {
  const { b } = code;
  const address = inRegister(code, evaluate(code, args[0]!));
  const bytes = b.move(inRegister(code, evaluate(code, args[1]!)));
  const most = Math.min(LONGEST, capacity - 1);
  const mask = maskFor(most);
  const text = b.address(code.scratchBase, code.scratchOffset(mask + 1 + capacity));
  const fits = b.newLabel('fits');
  b.branch('<=', bytes, imm(most), fits);
  b.assign(bytes, imm(most));
  b.label(fits);
  code.zero(text, 0, mask + 1);
  const done = b.newLabel('blanks');
  const status = b.helper('bpf_probe_read_user', text, within(code, bytes, mask, done), address);
  code.faultUnless('==', status, imm(0), Fault.badAddress, address);
  const last = b.alu('sub', bytes, imm(1));
  repeat(code, most, (index) => {
    b.branch('>=', index, last, done);
    const at = b.alu('add', text, index);
    const c = b.load(1, at);
    b.store(1, at, 0, b.alu('add', c, b.alu('mul', isZero(code, c), imm(BLANK))));
  });
  b.label(done);
  b.store(1, text, most, imm(0));
  return { at: text, capacity };
}
