import type { Address, IrFunction, IrInsn, Operand, V } from './ir.js';

export function definition(insn: IrInsn): V | undefined {
  return 'dst' in insn ? insn.dst : undefined;
}

function registerOf(operand: Operand | Address): V | undefined {
  return typeof operand === 'number' ? operand : undefined;
}

/** Calls `visit` with every virtual register the instruction reads. */
export function forEachUse(insn: IrInsn, visit: (v: V) => void): void {
  const use = (operand: Operand | undefined) => {
    const v = operand === undefined ? undefined : registerOf(operand);
    if (v !== undefined) visit(v);
  };
  switch (insn.op) {
    case 'move':
      use(insn.from);
      break;
    case 'alu':
      use(insn.a);
      use(insn.b);
      break;
    case 'negate':
    case 'swap':
      use(insn.a);
      break;
    case 'load':
      use(insn.base);
      break;
    case 'store':
    case 'atomic':
      use(insn.base);
      use(insn.from);
      break;
    case 'call':
      for (const arg of insn.args) use(arg);
      break;
    case 'branch':
      use(insn.a);
      use(insn.b);
      break;
    case 'exit':
      use(insn.value);
      break;
    case 'repeat':
      use(insn.way.base);
      break;
    case 'label':
    case 'jump':
    case 'budget':
    case 'repeat-end':
      break;
  }
}

const PURE = new Set<IrInsn['op']>(['move', 'alu', 'negate', 'swap', 'load']);

interface Block {
  readonly start: number;
  readonly end: number;
  readonly successors: number[];
}

function blocksOf(body: readonly IrInsn[]): Block[] {
  const starts = new Set<number>([0]);
  body.forEach((insn, i) => {
    if (insn.op === 'label') starts.add(i);
    if (insn.op === 'jump' || insn.op === 'branch' || insn.op === 'budget' || insn.op === 'exit')
      starts.add(i + 1);
  });
  const ordered = [...starts].filter((i) => i < body.length).sort((a, b) => a - b);
  const labels = new Map<string, number>();
  ordered.forEach((start, index) => {
    for (let i = start; i < (ordered[index + 1] ?? body.length); i++) {
      const insn = body[i];
      if (insn?.op === 'label') labels.set(insn.name, index);
    }
  });
  return ordered.map((start, index) => {
    const end = ordered[index + 1] ?? body.length;
    const last = body[end - 1];
    const successors: number[] = [];
    if (last && 'to' in last) {
      const to = labels.get(last.to);
      if (to === undefined) throw new Error(`IR: unknown label ${last.to}`);
      successors.push(to);
    }
    if (last?.op !== 'jump' && last?.op !== 'exit' && index + 1 < ordered.length) successors.push(index + 1);
    return { start, end, successors };
  });
}

/** A block of the kept body, and what is live where it starts and ends. */
export interface LiveBlock {
  readonly start: number;
  readonly end: number;
  readonly liveIn: ReadonlySet<V>;
  readonly liveOut: ReadonlySet<V>;
}

/** The body without instructions that cannot be reached and pure ones whose result nobody reads. */
export interface Live {
  readonly body: readonly IrInsn[];
  readonly blocks: readonly LiveBlock[];
  /** Calls and atomics of the kept body whose result nobody reads. */
  readonly unread: ReadonlySet<IrInsn>;
  /** Maps an index of the old body to the new one. */
  readonly moved: (index: number) => number;
}

function predecessorsOf(blocks: readonly Block[]): number[][] {
  const predecessors = blocks.map((): number[] => []);
  blocks.forEach(({ successors }, b) => {
    for (const s of successors) predecessors[s]!.push(b);
  });
  return predecessors;
}

/** What is live where each block starts. Sets only grow; a block is looked at again when one behind it has grown. */
function liveSets(body: readonly IrInsn[], blocks: readonly Block[]): Set<V>[] {
  const liveIn = blocks.map(() => new Set<V>());
  const predecessors = predecessorsOf(blocks);
  const waiting = blocks.map((_, b) => b);
  const waits = new Uint8Array(blocks.length).fill(1);
  for (let b = waiting.pop(); b !== undefined; b = waiting.pop()) {
    waits[b] = 0;
    const block = blocks[b]!;
    const live = new Set<V>();
    for (const s of block.successors) for (const v of liveIn[s]!) live.add(v);
    for (let i = block.end - 1; i >= block.start; i--) step(body[i]!, live);
    if (live.size === liveIn[b]!.size) continue;
    liveIn[b] = live;
    for (const p of predecessors[b]!) {
      if (waits[p] === 1) continue;
      waits[p] = 1;
      waiting.push(p);
    }
  }
  return liveIn;
}

function step(insn: IrInsn, live: Set<V>): void {
  const dst = definition(insn);
  if (dst !== undefined) {
    if (PURE.has(insn.op) && !live.has(dst)) return;
    live.delete(dst);
  }
  forEachUse(insn, (v) => live.add(v));
}

export function analyse(fn: IrFunction): Live {
  const body = fn.body;
  const blocks = blocksOf(body);
  const reachable = new Set<number>();
  const queue = [0];
  for (let b = queue.pop(); b !== undefined; b = queue.pop()) {
    if (reachable.has(b) || b >= blocks.length) continue;
    reachable.add(b);
    queue.push(...blocks[b]!.successors);
  }
  const liveIn = liveSets(body, blocks);
  const kept: IrInsn[] = [];
  const liveBlocks: LiveBlock[] = [];
  const unread = new Set<IrInsn>();
  const newIndex = new Array<number>(body.length + 1).fill(0);
  const keep = new Uint8Array(body.length);
  blocks.forEach((block, b) => {
    const start = kept.length;
    const live = new Set<V>();
    if (reachable.has(b)) for (const s of block.successors) for (const v of liveIn[s]!) live.add(v);
    const liveOut = new Set(live);
    for (let i = block.end - 1; i >= block.start && reachable.has(b); i--) {
      const insn = body[i]!;
      const dst = definition(insn);
      const unused = dst !== undefined && !live.has(dst);
      if ((unused && PURE.has(insn.op)) || (insn.op === 'move' && insn.from === insn.dst)) continue;
      if (unused) unread.add(insn);
      keep[i] = 1;
      step(insn, live);
    }
    for (let i = block.start; i < block.end; i++) {
      newIndex[i] = kept.length;
      if (keep[i] === 1) kept.push(body[i]!);
    }
    if (kept.length > start) liveBlocks.push({ start, end: kept.length, liveIn: live, liveOut });
  });
  newIndex[body.length] = kept.length;
  return {
    body: kept,
    blocks: liveBlocks,
    unread,
    moved: (index) => newIndex[Math.min(index, body.length)]!,
  };
}
