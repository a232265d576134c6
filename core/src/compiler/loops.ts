/** Loops that the kernel's verifier accepts, in the ways that different kernels have for them. */
import { Fault } from '../language/faults.js';
import { Cell } from './cell.js';
import type { Code } from './code.js';
import { imm, type V } from './ir/ir.js';

/**
 * - `budget`: the kernel counts turns itself and looks at a body until it learns nothing new (may_goto).
 * - `callback`: the kernel calls the body, a function of its own (bpf_loop).
 * - `followed`: the kernel follows each turn, which bounds how many there can be.
 */
type LoopKind = 'budget' | 'callback' | 'followed';

/** Turns that are followed rather than called: a call costs more than they do. */
const FEW_TURNS = 32;

/**
 * All turns that a run of a program may budget for. Kernels since 6.15 count up to 65,535, then look at the clock, and
 * some look for it in the wrong place and give up.
 */
const MOST_BUDGETED = 60_000;

function loopKind(code: Code, turns: number): LoopKind {
  // Some kernels crash when a function they call has loops that are written as such.
  if (code.inCallback && !code.has('loops_in_callbacks')) return 'callback';
  if (code.has('may_goto') && code.budgeted + turns <= MOST_BUDGETED) return 'budget';
  return code.has('bpf_loop') && turns > FEW_TURNS ? 'callback' : 'followed';
}

/**
 * Runs what `body` writes for the numbers 0 to `turns` - 1, and goes on behind it; the body may jump out. It assigns no
 * register that lives outside: what goes from turn to turn is in memory, which also makes the verifier see one turn
 * like the other.
 */
export function repeat(code: Code, turns: number, body: (turn: V) => void): void {
  repeatAs(loopKind(code, turns), code, turns, body);
}

/** As `repeat`, for bodies that have loops of their own: those are counted anew in each turn, where that can be. */
export function repeatOuter(code: Code, turns: number, body: (turn: V) => void): void {
  repeatAs(code.has('bpf_loop') ? 'callback' : loopKind(code, turns), code, turns, body);
}

function repeatAs(kind: LoopKind, code: Code, turns: number, body: (turn: V) => void): void {
  const { b } = code;
  const end = b.newLabel('turns');
  const bounded = (turn: V) => {
    b.branch('>=', turn, imm(turns), end);
    code.region(() => body(turn));
  };
  switch (kind) {
    case 'budget': {
      code.budgeted += turns;
      const [again, spent] = [b.newLabel('again'), b.newLabel('spent')];
      const cell = new Cell(code, imm(0));
      b.label(again);
      b.budget(spent);
      const turn = cell.get();
      bounded(turn);
      cell.set(b.alu('add', turn, imm(1)));
      b.jump(again);
      // Without it the result would be a wrong one.
      b.label(spent);
      code.fault(Fault.loopLimit, imm(0));
      break;
    }
    case 'callback':
      b.repeat(turns, { base: code.scratchBase, offset: code.scratchOffset(8) }, (turn) => {
        const outer = code.inCallback;
        code.inCallback = true;
        bounded(turn);
        code.inCallback = outer;
      });
      break;
    case 'followed': {
      const again = b.newLabel('again');
      const turn = b.constant(0);
      b.label(again);
      bounded(turn);
      b.update('add', turn, imm(1));
      b.jump(again);
      break;
    }
  }
  b.label(end);
}
