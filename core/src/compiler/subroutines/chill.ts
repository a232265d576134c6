/** chill(nanoseconds): holds the probe's CPU up. At most half a second in each second, as DTrace has it. */
import type { Expr } from '../../language/checked.js';
import { Fault } from '../../language/faults.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { evaluate, inRegister } from '../expression.js';
import { imm } from '../ir/ir.js';
import { MAP, STATE } from '../unit.js';

const INTERVAL = 1_000_000_000;
const MOST = 500_000_000;
/** Turns of the loop: its bound, never its end. */
const READINGS = 1 << 23;
const READINGS_PER_TURN = 4;

export function chill(code: Code, args: readonly Expr[]): void {
  const { b } = code;
  code.temporaries(() => {
    const wanted = b.move(inRegister(code, evaluate(code, args[0]!)));
    code.faultUnless('<=', wanted, imm(MOST), Fault.illegalOperation, imm(0));
    const state = b.move({ map: MAP.state, value: STATE.chill });
    const start = b.helper('bpf_ktime_get_ns');
    const counted = b.newLabel('counted');
    b.branch('<=', b.alu('sub', start, b.load(8, state, 0)), imm(INTERVAL), counted);
    b.store(8, state, 0, start);
    b.store(8, state, 8, imm(0));
    b.label(counted);
    const spent = b.alu('add', b.load(8, state, 8), wanted);
    code.faultUnless('<=', spent, imm(MOST), Fault.illegalOperation, imm(0));
    b.store(8, state, 8, spent);
    const end = new Cell(code, b.alu('add', start, wanted));
    const done = b.newLabel('chilled');
    const it = b.buffer(8);
    b.call({ kind: 'kfunc', name: 'bpf_iter_num_new' }, [it, imm(0), imm(READINGS)]);
    const again = b.newLabel('again');
    b.label(again);
    b.branch('==', b.call({ kind: 'kfunc', name: 'bpf_iter_num_next' }, [it]), imm(0), done);
    for (let i = 1; i < READINGS_PER_TURN; i++) b.helper('bpf_ktime_get_ns');
    b.branch('<', b.helper('bpf_ktime_get_ns'), end.get(), again);
    b.label(done);
    b.call({ kind: 'kfunc', name: 'bpf_iter_num_destroy' }, [it]);
    b.releaseBuffer(it);
  });
}
