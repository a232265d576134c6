/**
 * Linear-scan register allocation. R6…R9 survive calls and go to what is live across them; R0, R3, R4, R5 serve
 * what is not. R1 and R2 are kept free: the emitter needs two registers to work on spilled values.
 */

import type { IrFunction, V } from './ir.js';
import { analyse, definition, forEachUse, type Live } from './liveness.js';

export type Place = { readonly register: number } | { readonly slot: number };

export interface Allocation {
  readonly live: Live;
  readonly place: (v: V) => Place;
  /** Offset from the frame pointer of each stack buffer. */
  readonly buffers: readonly number[];
  /** Bytes of stack used. */
  readonly frame: number;
}

interface Interval {
  readonly v: V;
  start: number;
  end: number;
  weight: number;
  crossesCall: boolean;
  hint: V | undefined;
}

/** Registers as bits. */
const KEPT = 0b11_1100_0000;
const FREE = 0b00_0011_1001 | KEPT;
const lowest = (registers: number): number => 31 - Math.clz32(registers & -registers);
/** BPF's limit for one frame. */
export const MAX_FRAME = 512;

export class FrameError extends Error {
  override readonly name = 'FrameError';
  constructor(
    readonly functionName: string,
    readonly bytes: number,
  ) {
    super(`${functionName}: stack frame of ${bytes} bytes is over ${MAX_FRAME}`);
  }
}

/** Index of the first of the ascending numbers that is not below `least`. */
function firstFrom(ascending: readonly number[], least: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function intervalsOf(fn: IrFunction, live: Live): Interval[] {
  const found = new Map<V, Interval>();
  const touch = (v: V, at: number, weight: number) => {
    let interval = found.get(v);
    if (!interval) {
      interval = { v, start: at, end: at, weight: 0, crossesCall: false, hint: undefined };
      found.set(v, interval);
    }
    interval.start = Math.min(interval.start, at);
    interval.end = Math.max(interval.end, at);
    interval.weight += weight;
  };
  for (const v of fn.params) touch(v, -1, 1);
  live.body.forEach((insn, i) => {
    forEachUse(insn, (v) => touch(v, 2 * i, 1));
    const dst = definition(insn);
    if (dst !== undefined) {
      touch(dst, 2 * i + 1, 1);
      if (insn.op === 'move' && typeof insn.from === 'number') found.get(dst)!.hint ??= insn.from;
      if (insn.op === 'alu') found.get(dst)!.hint ??= insn.a;
    }
  });
  // What is live across a block's edges is so up to them, whoever mentions it where.
  for (const { start, end, liveIn, liveOut } of live.blocks) {
    for (const v of liveIn) touch(v, 2 * start, 0);
    for (const v of liveOut) touch(v, 2 * end - 1, 0);
  }
  const calls = live.body.flatMap((insn, i) => (insn.op === 'call' ? [2 * i] : []));
  for (const interval of found.values()) {
    const at = calls[firstFrom(calls, interval.start)];
    interval.crossesCall = at !== undefined && interval.end >= at + 2;
  }
  return [...found.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

export function allocate(fn: IrFunction): Allocation {
  const live = analyse(fn);
  const registers = new Map<V, number>();
  const spilled: Interval[] = [];
  const active: Interval[] = [];
  const cost = (i: Interval) => i.weight / (i.end - i.start + 1);
  for (const interval of intervalsOf(fn, live)) {
    for (let i = active.length - 1; i >= 0; i--)
      if (active[i]!.end < interval.start || (active[i]!.end === interval.start && interval.start % 2 === 0))
        active.splice(i, 1);
    const candidates = interval.crossesCall ? KEPT : FREE;
    let taken = 0;
    for (const { v } of active) taken |= 1 << registers.get(v)!;
    const hinted = interval.hint === undefined ? undefined : registers.get(interval.hint);
    const free = candidates & ~taken;
    if (free !== 0) {
      registers.set(interval.v, hinted !== undefined && (free & (1 << hinted)) !== 0 ? hinted : lowest(free));
      active.push(interval);
      continue;
    }
    const rivals = active.filter((a) => (candidates & (1 << registers.get(a.v)!)) !== 0);
    const weakest = rivals.reduce((a, b) => (cost(b) < cost(a) ? b : a), interval);
    if (weakest === interval) {
      spilled.push(interval);
      continue;
    }
    registers.set(interval.v, registers.get(weakest.v)!);
    registers.delete(weakest.v);
    spilled.push(weakest);
    active.splice(active.indexOf(weakest), 1, interval);
  }
  const layout = new FrameLayout();
  const buffers = fn.buffers.map((b) => layout.place(b.size, 2 * live.moved(b.from), 2 * live.moved(b.to)));
  const slots = new Map(spilled.map((s) => [s.v, layout.place(8, s.start, s.end)]));
  if (layout.depth > MAX_FRAME) throw new FrameError(fn.name, layout.depth);
  return {
    live,
    buffers,
    frame: layout.depth,
    place(v) {
      const register = registers.get(v);
      if (register !== undefined) return { register };
      const slot = slots.get(v);
      if (slot === undefined) throw new Error(`IR: v${v} in ${fn.name} has no place`);
      return { slot };
    },
  };
}

/** First fit of stack areas whose times of use do not meet. Offsets are negative, 8-aligned. */
class FrameLayout {
  private readonly areas: { top: number; bottom: number; from: number; to: number }[] = [];
  depth = 0;

  place(size: number, from: number, to: number): number {
    const meeting = this.areas.filter((a) => a.from <= to && from <= a.to).sort((a, b) => b.top - a.top);
    let top = 0;
    for (const area of meeting) {
      if (top - size >= area.top) break;
      top = Math.min(top, area.bottom);
    }
    const bottom = top - size;
    this.areas.push({ top, bottom, from, to });
    this.depth = Math.max(this.depth, -bottom);
    return bottom;
  }
}
