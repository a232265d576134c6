import type { HelperName } from 'ebpf-napi/asm';
import {
  type Address,
  type AluOp,
  type AtomicOp,
  type BufferSpec,
  type CallTarget,
  type Condition,
  type Imm,
  type IrFunction,
  type IrInsn,
  imm,
  isImm,
  isStackRef,
  type Operand,
  type StackRef,
  type V,
  type Width,
} from './ir.js';

type NewInsn = IrInsn extends infer I ? (I extends { op: string } ? Omit<I, 'source'> : never) : never;

/** Writes one IR function. Constants are folded as they are met. */
export class IrBuilder {
  readonly body: IrInsn[] = [];
  readonly buffers: BufferSpec[] = [];
  /** Stamped on every instruction: which piece of D it comes from. */
  source: number | undefined;
  private registers = 0;
  private labels = 0;

  constructor(readonly name: string) {}

  register(): V {
    return this.registers++;
  }

  newLabel(hint: string): string {
    return `${this.name}.${hint}.${this.labels++}`;
  }

  private push(insn: NewInsn): void {
    const made = insn as IrInsn;
    if (this.source !== undefined) made.source = this.source;
    this.body.push(made);
  }

  /** A stack buffer of `size` bytes, in use from here to `releaseBuffer` (or the function's end). */
  buffer(size: number): StackRef {
    this.buffers.push({ size: (size + 7) & ~7, from: this.body.length, to: Number.MAX_SAFE_INTEGER });
    return { stack: this.buffers.length - 1, offset: 0 };
  }

  releaseBuffer(ref: StackRef): void {
    const spec = this.buffers[ref.stack];
    if (spec) spec.to = this.body.length;
  }

  move(from: Operand): V {
    const dst = this.register();
    this.push({ op: 'move', dst, from });
    return dst;
  }

  assign(dst: V, from: Operand): void {
    if (dst !== from) this.push({ op: 'move', dst, from });
  }

  constant(value: bigint | number): V {
    return this.move(imm(value));
  }

  alu(alu: AluOp, a: V, b: V | Imm, wide = true): V {
    const dst = this.register();
    this.push({ op: 'alu', alu, dst, a, b, wide });
    return dst;
  }

  /** `a = a op b` in place: keeps what the verifier knows about loop counters in one register. */
  update(alu: AluOp, a: V, b: V | Imm): void {
    this.push({ op: 'alu', alu, dst: a, a, b, wide: true });
  }

  negate(a: V): V {
    const dst = this.register();
    this.push({ op: 'negate', dst, a });
    return dst;
  }

  swap(a: V, bits: 16 | 32 | 64): V {
    const dst = this.register();
    this.push({ op: 'swap', dst, a, bits });
    return dst;
  }

  load(width: Width, base: Address, offset = 0): V {
    const dst = this.register();
    this.push({ op: 'load', dst, width, base, offset });
    return dst;
  }

  store(width: Width, base: Address, offset: number, from: V | Imm): void {
    this.push({ op: 'store', width, base, offset, from });
  }

  atomic(atomic: AtomicOp, width: 4 | 8, base: V, offset: number, from: V): V | undefined {
    const fetches = atomic === 'xchg' || atomic.startsWith('fetch');
    const dst = fetches ? this.register() : undefined;
    this.push({ op: 'atomic', atomic, width, base, offset, from, ...(dst === undefined ? {} : { dst }) });
    return dst;
  }

  call(target: CallTarget, args: readonly Operand[]): V {
    const dst = this.register();
    this.push({ op: 'call', target, args, dst });
    return dst;
  }

  helper(name: HelperName, ...args: readonly Operand[]): V {
    return this.call({ kind: 'helper', name }, args);
  }

  label(name: string): void {
    this.push({ op: 'label', name });
  }

  jump(to: string): void {
    this.push({ op: 'jump', to });
  }

  branch(condition: Condition, a: V, b: V | Imm, to: string, wide = true): void {
    this.push({ op: 'branch', condition, a, b, to, wide });
  }

  budget(to: string): void {
    this.push({ op: 'budget', to });
  }

  /**
   * Up to `count` turns of what `write` writes, in a function that the kernel calls. Registers from outside can be read
   * there, not assigned: what one turn leaves to the next goes through memory. So does, at `way`, which jump out was
   * taken: the verifier would follow each known number there apart.
   */
  repeat(count: number, way: { readonly base: V; readonly offset: number }, write: (index: V) => void): void {
    const index = this.register();
    this.push({ op: 'repeat', count, index, way });
    write(index);
    this.push({ op: 'repeat-end' });
  }

  exit(value: V | Imm = imm(0)): void {
    this.push({ op: 'exit', value });
  }

  /**
   * Writes code at an earlier place of the body: what the function's start has to do is known only when the rest
   * is written.
   */
  insertAt(index: number, write: () => void): void {
    const rest = this.body.splice(index);
    const buffersBefore = this.buffers.length;
    write();
    const added = this.body.length - index;
    // One by one: a long program has more instructions than a call may have arguments.
    for (const insn of rest) this.body.push(insn);
    for (const buffer of this.buffers.slice(0, buffersBefore)) {
      if (buffer.from >= index) buffer.from += added;
      if (buffer.to >= index && buffer.to !== Number.MAX_SAFE_INTEGER) buffer.to += added;
    }
  }

  /** Address of an operand as a register (stack and map addresses need one before arithmetic). */
  address(of: Operand, offset = 0): V {
    if (typeof of === 'number') return offset === 0 ? of : this.alu('add', of, imm(offset));
    if (isStackRef(of)) return this.move({ stack: of.stack, offset: of.offset + offset });
    if (isImm(of)) return this.move(imm(of.imm + BigInt(offset)));
    if ('map' in of && 'value' in of) return this.move({ map: of.map, value: of.value + offset });
    return this.move(of);
  }

  finish(params: readonly V[]): IrFunction {
    for (const buffer of this.buffers) if (buffer.to > this.body.length) buffer.to = this.body.length;
    return { name: this.name, params, body: this.body, buffers: this.buffers, registers: this.registers };
  }
}
