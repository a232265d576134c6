import type { Expr } from '../../language/checked.js';
import { INT } from '../../language/types/basic.js';
import { currentTask, kernelOffset } from '../builtins.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { evaluate, inRegister, normalise, type Scalar } from '../expression.js';
import { imm } from '../ir/ir.js';
import { repeat } from '../loops.js';
import { asNumber } from '../memory.js';

/** Sends a signal to the current process. */
export function raise(code: Code, args: readonly Expr[]): Scalar {
  code.b.helper('bpf_send_signal', evaluate(code, args[0]!));
  return imm(0);
}

const SIGSTOP = 19;

export function stop(code: Code): Scalar {
  code.b.helper('bpf_send_signal', imm(SIGSTOP));
  return imm(0);
}

/** return(value): the function whose entry the probe is does not run and gives this value. */
export function forceReturn(code: Code, args: readonly Expr[]): void {
  code.b.helper('bpf_override_return', code.ctx, evaluate(code, args[0]!));
}

export function rand(code: Code): Scalar {
  return normalise(code, code.b.helper('bpf_get_prandom_u32'), INT);
}

/** Generations looked at: more than any process tree is deep in practice. */
const GENERATIONS = 128;

/** Whether the process or one of its ancestors has the id. */
export function progenyof(code: Code, args: readonly Expr[]): Scalar {
  const { b } = code;
  const wanted = b.alu('and', inRegister(code, evaluate(code, args[0]!)), imm(0xffffffffn));
  const [tgid, parent] = ['tgid', 'real_parent'].map(
    (name) => kernelOffset(code, 'task_struct', name) ?? 0,
  ) as [number, number];
  return code.temporaries(() => {
    const task = new Cell(code, inRegister(code, asNumber(code, currentTask(code))));
    const result = new Cell(code, imm(0));
    const done = b.newLabel('ancestors');
    repeat(code, GENERATIONS, () => {
      const other = b.newLabel('other');
      const at = task.get();
      const id = code.readMemory(b.address(at, tgid), 4, false);
      b.branch('!=', id, wanted, other);
      result.set(imm(1));
      b.jump(done);
      b.label(other);
      // The first process of all has no parent but the idle task, whose id is 0.
      b.branch('==', id, imm(0), done);
      task.set(code.readMemory(b.address(at, parent), 8, false));
    });
    b.label(done);
    return result.get();
  });
}
