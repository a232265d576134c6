/**
 * Loops for kernels that follow every turn of a loop but have bpf_loop(): the body becomes a function of its own, which
 * the kernel looks at once and calls as often as wanted.
 *
 * The function gets what it reads from outside through an area of its caller's frame: registers as they are, so that
 * pointers stay pointers, and the addresses of stack buffers. It may assign none of them: kernels that look at one turn
 * only would take what the first turn makes of a known number for what every turn does. Jumps out of the body become
 * numbers in memory that the caller tells apart.
 */
import {
  type Address,
  type BufferSpec,
  type IrFunction,
  type IrInsn,
  imm,
  isStackRef,
  type Operand,
  type StackRef,
  type V,
} from './ir.js';
import { definition, forEachUse } from './liveness.js';

const WORD = 8;

interface Range {
  /** The `repeat` and its `repeat-end`. */
  readonly from: number;
  readonly to: number;
}

/** The function without repeats, and the functions that its repeats became. */
export function outline(fn: IrFunction): readonly IrFunction[] {
  const bodies: IrFunction[] = [];
  let rest = fn;
  for (let range = innermost(rest.body); range !== undefined; range = innermost(rest.body)) {
    const { outer, inner } = takeOut(rest, range, `${fn.name}.turn${bodies.length}`);
    rest = outer;
    bodies.push(inner);
  }
  return [rest, ...bodies];
}

function innermost(body: readonly IrInsn[]): Range | undefined {
  let from = -1;
  for (const [i, { op }] of body.entries()) {
    if (op === 'repeat') from = i;
    else if (op === 'repeat-end') return { from, to: i };
  }
  return undefined;
}

/** What of the function's state the body of a repeat has to do with. */
interface Shared {
  readonly values: readonly V[];
  readonly buffers: readonly number[];
  /** Labels outside that the body jumps to. */
  readonly exits: readonly string[];
}

function sharedBy(fn: IrFunction, { from, to }: Range): Shared {
  const { way } = repeatAt(fn, from);
  const inside = mentions(fn.body.slice(from + 1, to));
  if ([...inside.targets].some((target) => !inside.labels.has(target))) inside.values.add(way.base);
  const outside = mentions([...fn.body.slice(0, from), ...fn.body.slice(to + 1)]);
  for (const v of fn.params) outside.values.add(v);
  for (const v of inside.assigned) {
    if (outside.values.has(v))
      throw new Error(`IR: a repeat of ${fn.name} assigns v${v}, which lives outside`);
  }
  return {
    values: [...inside.values].filter((v) => outside.values.has(v)),
    buffers: [...inside.buffers].filter((buffer) => outside.buffers.has(buffer)),
    exits: [...inside.targets].filter((target) => !inside.labels.has(target)),
  };
}

function mentions(body: readonly IrInsn[]) {
  const values = new Set<V>();
  const assigned = new Set<V>();
  const buffers = new Set<number>();
  const targets = new Set<string>();
  const labels = new Set<string>();
  for (const insn of body) {
    forEachUse(insn, (v) => values.add(v));
    const dst = definition(insn);
    if (dst !== undefined) {
      assigned.add(dst);
      values.add(dst);
    }
    forEachBuffer(insn, ({ stack }) => buffers.add(stack));
    if (insn.op === 'label') labels.add(insn.name);
    else if ('to' in insn) targets.add(insn.to);
  }
  return { values, assigned, buffers, targets, labels };
}

function forEachBuffer(insn: IrInsn, visit: (ref: StackRef) => void): void {
  const operands: (Operand | undefined)[] =
    insn.op === 'call'
      ? [...insn.args]
      : insn.op === 'move'
        ? [insn.from]
        : 'base' in insn
          ? [insn.base]
          : [];
  for (const operand of operands) if (operand !== undefined && isStackRef(operand)) visit(operand);
}

const repeatAt = ({ body }: IrFunction, at: number) => body[at] as Extract<IrInsn, { op: 'repeat' }>;

function takeOut(fn: IrFunction, range: Range, name: string): { outer: IrFunction; inner: IrFunction } {
  const shared = sharedBy(fn, range);
  const numbers = new Registers(fn.registers);
  const call = writeCall(fn, range, name, shared, numbers);
  const turn = writeTurn(fn, range, shared, numbers);
  const length = range.to + 1 - range.from;
  const moved = (at: number): number => {
    if (at <= range.from) return at;
    return at > range.to ? at - length + call.length : range.from + call.length;
  };
  const ownBuffers = mentions(fn.body.slice(range.from + 1, range.to)).buffers;
  for (const buffer of shared.buffers) ownBuffers.delete(buffer);
  const outerBuffers = fn.buffers.map((spec, buffer) =>
    ownBuffers.has(buffer) ? nothing : { size: spec.size, from: moved(spec.from), to: moved(spec.to) },
  );
  const area: BufferSpec = {
    size: areaSize(shared),
    from: range.from,
    to: range.from + call.length,
  };
  return {
    outer: {
      ...fn,
      body: [...fn.body.slice(0, range.from), ...call, ...fn.body.slice(range.to + 1)],
      buffers: [...outerBuffers, area],
      registers: numbers.count,
    },
    inner: {
      name,
      params: turn.params,
      body: turn.body,
      buffers: fn.buffers.map((spec, buffer) =>
        ownBuffers.has(buffer)
          ? { size: spec.size, from: turn.moved(spec.from), to: turn.moved(spec.to) }
          : nothing,
      ),
      registers: numbers.count,
    },
  };
}

const nothing: BufferSpec = { size: 0, from: 0, to: 0 };

class Registers {
  constructor(public count: number) {}

  next(): V {
    return this.count++;
  }
}

/** The values, then the buffers' addresses. */
const areaSize = ({ values, buffers }: Shared): number => WORD * Math.max(1, values.length + buffers.length);
const valueAt = (i: number): number => WORD * i;
const bufferAt = ({ values }: Shared, i: number): number => WORD * (values.length + i);

function writeCall(
  fn: IrFunction,
  { from }: Range,
  name: string,
  shared: Shared,
  numbers: Registers,
): IrInsn[] {
  const repeat = repeatAt(fn, from);
  const { way: wayOut } = repeat;
  const area: StackRef = { stack: fn.buffers.length, offset: 0 };
  const { source } = repeat;
  const code: IrInsn[] = [];
  const put = (insn: IrInsn) => code.push(source === undefined ? insn : { ...insn, source });
  const store = (offset: number, value: V) => put({ op: 'store', width: 8, base: area, offset, from: value });
  if (shared.exits.length > 0) put({ op: 'store', width: 8, ...wayOut, from: imm(0) });
  shared.values.forEach((v, i) => void store(valueAt(i), v));
  shared.buffers.forEach((stack, i) => {
    const address = numbers.next();
    put({ op: 'move', dst: address, from: { stack, offset: 0 } });
    store(bufferAt(shared, i), address);
  });
  const args: Operand[] = [imm(repeat.count), { sub: name }, area, imm(0)];
  put({ op: 'call', target: { kind: 'helper', name: 'bpf_loop' }, args });
  if (shared.exits.length === 0) return code;
  const way = numbers.next();
  put({ op: 'load', dst: way, width: 8, ...wayOut });
  shared.exits.forEach((to, i) => {
    put({ op: 'branch', condition: '==', a: way, b: imm(i + 1), to, wide: true });
  });
  return code;
}

/** bpf_loop()'s answers to what a turn returns. */
const GO_ON = imm(0);
const STOP = imm(1);

function writeTurn(fn: IrFunction, { from, to }: Range, shared: Shared, numbers: Registers) {
  const repeat = repeatAt(fn, from);
  const area = numbers.next();
  const inside = new Map<V, V>();
  const buffers = new Map<number, V>();
  const body: IrInsn[] = [];
  shared.values.forEach((v, i) => {
    inside.set(v, numbers.next());
    body.push({ op: 'load', dst: inside.get(v)!, width: 8, base: area, offset: valueAt(i) });
  });
  shared.buffers.forEach((stack, i) => {
    buffers.set(stack, numbers.next());
    body.push({
      op: 'load',
      dst: buffers.get(stack)!,
      width: 8,
      base: area,
      offset: bufferAt(shared, i),
    });
  });
  const exits = new Map(shared.exits.map((label, i) => [label, `${fn.name}.out${numbers.next()}.${i}`]));
  const wayBase = inside.get(repeat.way.base) ?? repeat.way.base;
  const rewrite = new Rewriter(inside, buffers, exits, numbers);
  const places: number[] = [];
  for (const insn of fn.body.slice(from + 1, to)) {
    places.push(body.length);
    body.push(...rewrite.insn(insn));
  }
  const end = body.length;
  const moved = (at: number): number => (at <= from ? 0 : (places[at - from - 1] ?? end));
  body.push({ op: 'exit', value: GO_ON });
  shared.exits.forEach((label, i) => {
    body.push({ op: 'label', name: exits.get(label)! });
    body.push({ op: 'store', width: 8, base: wayBase, offset: repeat.way.offset, from: imm(i + 1) });
    body.push({ op: 'exit', value: STOP });
  });
  return { params: [repeat.index, area], body, moved };
}

/** An instruction of the body as it reads in the function: everything from outside by another name. */
class Rewriter {
  private before: IrInsn[] = [];

  constructor(
    private readonly values: ReadonlyMap<V, V>,
    private readonly buffers: ReadonlyMap<number, V>,
    private readonly exits: ReadonlyMap<string, string>,
    private readonly numbers: Registers,
  ) {}

  insn(insn: IrInsn): IrInsn[] {
    this.before = [];
    const renamed = this.rename(insn);
    const { source } = insn;
    return [...this.before, renamed].map((made) => (source === undefined ? made : { ...made, source }));
  }

  private value<T>(operand: T): T {
    if (typeof operand !== 'number') return operand;
    return (this.values.get(operand) ?? operand) as T;
  }

  private operand(operand: Operand): Operand {
    if (!isStackRef(operand)) return this.value(operand);
    const base = this.buffers.get(operand.stack);
    if (base === undefined) return operand;
    if (operand.offset === 0) return base;
    const dst = this.numbers.next();
    this.before.push({ op: 'alu', alu: 'add', dst, a: base, b: imm(operand.offset), wide: true });
    return dst;
  }

  private place(base: Address, offset: number): { base: Address; offset: number } {
    if (!isStackRef(base)) return { base: this.value(base), offset };
    const at = this.buffers.get(base.stack);
    return at === undefined ? { base, offset } : { base: at, offset: offset + base.offset };
  }

  private rename(insn: IrInsn): IrInsn {
    switch (insn.op) {
      case 'move':
        return { ...insn, from: this.operand(insn.from) };
      case 'alu':
        return { ...insn, a: this.value(insn.a), b: this.value(insn.b) };
      case 'negate':
      case 'swap':
        return { ...insn, a: this.value(insn.a) };
      case 'load':
        return { ...insn, ...this.place(insn.base, insn.offset) };
      case 'store':
        return { ...insn, ...this.place(insn.base, insn.offset), from: this.value(insn.from) };
      case 'atomic':
        return { ...insn, base: this.value(insn.base), from: this.value(insn.from) };
      case 'call':
        return { ...insn, args: insn.args.map((arg) => this.operand(arg)) };
      case 'branch':
        return {
          ...insn,
          a: this.value(insn.a),
          b: this.value(insn.b),
          to: this.exits.get(insn.to) ?? insn.to,
        };
      case 'jump':
      case 'budget':
        return { ...insn, to: this.exits.get(insn.to) ?? insn.to };
      case 'label':
        return insn;
      case 'exit':
      case 'repeat':
      case 'repeat-end':
        throw new Error(`IR: ${insn.op} inside a repeat`);
    }
  }
}
