/** From IR to BPF instructions, with registers and frame as `allocate` laid them out. */
import {
  Add,
  And,
  Arsh,
  atomicAdd,
  atomicAnd,
  atomicOr,
  atomicXor,
  callHelper,
  callKfunc,
  callSub,
  Div,
  exit,
  type Instruction,
  JEq,
  JGe,
  JGt,
  JLe,
  JLt,
  JNe,
  JSet,
  JSGe,
  JSGt,
  JSLe,
  JSLt,
  ja,
  Lsh,
  label,
  load,
  loadFunc,
  loadImm64,
  loadMap,
  loadMapValue,
  Mod,
  Mov,
  Mul,
  mayGoto,
  Neg,
  Or,
  type Reg,
  Rsh,
  SDiv,
  SMod,
  Sub,
  store,
  storeImm,
  toBe,
  withSource,
  Xor,
  xchg,
} from 'ebpf-napi/asm';
import { type Allocation, allocate, FrameError, MAX_FRAME, type Place } from './allocate.js';
import {
  type Address,
  type AluOp,
  type Condition,
  type Imm,
  type IrFunction,
  type IrInsn,
  isImm,
  isStackRef,
  type Operand,
  type V,
} from './ir.js';
import { outline } from './outline.js';

const ALU = {
  add: Add,
  sub: Sub,
  mul: Mul,
  div: Div,
  mod: Mod,
  sdiv: SDiv,
  smod: SMod,
  and: And,
  or: Or,
  xor: Xor,
  lsh: Lsh,
  rsh: Rsh,
  arsh: Arsh,
} as const;
const JUMP = {
  '==': JEq,
  '!=': JNe,
  '>': JGt,
  '>=': JGe,
  '<': JLt,
  '<=': JLe,
  's>': JSGt,
  's>=': JSGe,
  's<': JSLt,
  's<=': JSLe,
  '&': JSet,
} as const satisfies Record<Condition, unknown>;
const COMMUTATIVE: ReadonlySet<AluOp> = new Set(['add', 'mul', 'and', 'or', 'xor']);
const SCRATCH_A: Reg = 1;
const SCRATCH_B: Reg = 2;
const FP: Reg = 10;

/** The one instruction of two words. */
const LOAD_IMM64 = 0x18;

const fits32 = (value: bigint) => value === BigInt.asIntN(32, value);
/** 32-bit operations see only the low half: any constant has a 32-bit form. */
const low32 = (value: bigint) => Number(BigInt.asIntN(32, value));

/** The function and, behind it, those that its loops became. */
export function emitProgram(fn: IrFunction): Instruction[] {
  const parts = called(outline(fn).map((part) => ({ part, allocation: allocate(part) })));
  if (parts.length > 1) checkFrames(parts);
  const out: Instruction[] = [];
  let position = 0;
  for (const { part, allocation } of parts) {
    const emitter = new Emitter(part, allocation, position);
    for (const insn of emitter.run()) out.push(insn);
    position = emitter.end;
  }
  return out;
}

interface Part {
  readonly part: IrFunction;
  readonly allocation: Allocation;
}

/** Without the functions of loops that nothing leads to: the kernel refuses code that cannot be reached. */
function called(parts: readonly Part[]): Part[] {
  const known = new Map(parts.map((each) => [each.part.name, each]));
  const reached = new Set(parts.slice(0, 1));
  for (const { allocation } of reached) {
    for (const name of calledBy(allocation.live.body)) reached.add(known.get(name)!);
  }
  return parts.filter((each) => reached.has(each));
}

/** The kernel adds up the frames of functions that call each other, each rounded up. */
const FRAME_UNIT = 32;

function checkFrames(parts: readonly Part[]): void {
  const known = new Map(parts.map((each) => [each.part.name, each]));
  const depth = (name: string): number => {
    const { frame, live } = known.get(name)!.allocation;
    const own = Math.ceil(Math.max(frame, 1) / FRAME_UNIT) * FRAME_UNIT;
    return own + Math.max(0, ...calledBy(live.body).map(depth));
  };
  const { name } = parts[0]!.part;
  const bytes = depth(name);
  if (bytes > MAX_FRAME) throw new FrameError(name, bytes);
}

function calledBy(body: readonly IrInsn[]): string[] {
  return body.flatMap((insn) =>
    insn.op === 'call'
      ? insn.args.flatMap((arg) => (typeof arg === 'object' && 'sub' in arg ? [arg.sub] : []))
      : [],
  );
}

class Emitter {
  private readonly out: Instruction[] = [];
  /** Names of the next instruction; the first stands for all (one instruction carries one label). */
  private pendingLabels: string[] = [];
  private readonly aliases: ReadonlyMap<string, string>;
  private source: number | undefined;

  constructor(
    private readonly fn: IrFunction,
    private readonly allocation: Allocation,
    /** Of the next instruction, in words of the program. */
    private position: number,
  ) {
    this.aliases = aliasesOf(fn.name, allocation.live.body);
  }

  get end(): number {
    return this.position;
  }

  run(): Instruction[] {
    this.pendingLabels.push(this.fn.name);
    this.enter();
    this.allocation.live.body.forEach((insn) => {
      this.source = insn.source;
      this.emit(insn);
    });
    return this.out;
  }

  private push(insn: Instruction): void {
    const [name] = this.pendingLabels;
    const named = name === undefined ? insn : label(name, insn);
    this.pendingLabels = [];
    this.position += insn.opcode === LOAD_IMM64 ? 2 : 1;
    this.out.push(this.source === undefined ? named : withSource(named, this.source));
  }

  private place(v: V): Place {
    return this.allocation.place(v);
  }

  /** Register parameters arrive in R1…; they go where allocation wants them. */
  private enter(): void {
    const moves = this.fn.params.map((v, i) => ({ v, from: (i + 1) as Reg, to: this.place(v) }));
    for (const m of moves) if ('slot' in m.to) this.push(store(8, FP, m.to.slot, m.from));
    this.parallelMove(
      moves.flatMap((m) => ('register' in m.to ? [{ from: m.from, to: m.to.register as Reg }] : [])),
    );
  }

  /** Moves registers as if all at once. R0 is never a target and so free once only cycles are left. */
  private parallelMove(moves: { from: Reg; to: Reg }[]): void {
    let pending = moves.filter((m) => m.from !== m.to);
    while (pending.length > 0) {
      const ready = pending.find((m) => !pending.some((other) => other !== m && other.from === m.to));
      if (ready) {
        this.push(Mov.reg(ready.to, ready.from));
        pending = pending.filter((m) => m !== ready);
        continue;
      }
      const first = pending[0]!;
      this.push(Mov.reg(0, first.from));
      pending = pending.map((m) => (m.from === first.from ? { from: 0, to: m.to } : m));
    }
  }

  /** The register holding `v`, fetched into `scratch` when it lives on the stack. */
  private read(v: V, scratch: Reg): Reg {
    const place = this.place(v);
    if ('register' in place) return place.register as Reg;
    this.push(load(8, scratch, FP, place.slot));
    return scratch;
  }

  private target(v: V, scratch: Reg): Reg {
    const place = this.place(v);
    return 'register' in place ? (place.register as Reg) : scratch;
  }

  private write(v: V, from: Reg): void {
    const place = this.place(v);
    if ('slot' in place) this.push(store(8, FP, place.slot, from));
    else if (place.register !== from) this.push(Mov.reg(place.register as Reg, from));
  }

  private constant(to: Reg, value: bigint): void {
    this.push(fits32(value) ? Mov.imm(to, Number(value)) : loadImm64(to, value));
  }

  /** Any operand into a given register. */
  private materialise(to: Reg, operand: Operand): void {
    if (typeof operand === 'number') {
      const from = this.read(operand, to);
      if (from !== to) this.push(Mov.reg(to, from));
    } else if (isImm(operand)) this.constant(to, operand.imm);
    else if (isStackRef(operand)) {
      this.push(Mov.reg(to, FP));
      this.push(Add.imm(to, this.stackOffset(operand.stack, operand.offset)));
    } else if ('here' in operand) this.constant(to, (BigInt(operand.high) << 32n) | BigInt(this.position));
    else if ('sub' in operand) this.push(loadFunc(to, operand.sub));
    else if ('value' in operand) this.push(loadMapValue(to, operand.map, operand.value));
    else this.push(loadMap(to, operand.map));
  }

  private stackOffset(buffer: number, offset: number): number {
    return this.allocation.buffers[buffer]! + offset;
  }

  private base(address: Address, offset: number, scratch: Reg): { reg: Reg; offset: number } {
    if (typeof address === 'number') {
      const reg = this.read(address, scratch);
      if (Math.abs(offset) < 0x8000) return { reg, offset };
      // Instructions hold 16 bits of offset; large strings make longer ways.
      if (reg !== scratch) this.push(Mov.reg(scratch, reg));
      this.push(Add.imm(scratch, offset));
      return { reg: scratch, offset: 0 };
    }
    return { reg: FP, offset: this.stackOffset(address.stack, address.offset + offset) };
  }

  private to(name: string): string {
    return this.aliases.get(name) ?? name;
  }

  private emit(insn: IrInsn): void {
    switch (insn.op) {
      case 'move': {
        const dst = this.target(insn.dst, SCRATCH_A);
        this.materialise(dst, insn.from);
        this.write(insn.dst, dst);
        break;
      }
      case 'alu':
        this.alu(insn.alu, insn.dst, insn.a, insn.b, insn.wide);
        break;
      case 'negate': {
        const dst = this.target(insn.dst, SCRATCH_A);
        this.materialise(dst, insn.a);
        this.push(Neg(dst));
        this.write(insn.dst, dst);
        break;
      }
      case 'swap': {
        const dst = this.target(insn.dst, SCRATCH_A);
        this.materialise(dst, insn.a);
        this.push(toBe(dst, insn.bits));
        this.write(insn.dst, dst);
        break;
      }
      case 'load': {
        const { reg, offset } = this.base(insn.base, insn.offset, SCRATCH_B);
        const dst = this.target(insn.dst, SCRATCH_A);
        this.push(load(insn.width, dst, reg, offset));
        this.write(insn.dst, dst);
        break;
      }
      case 'store': {
        const { reg, offset } = this.base(insn.base, insn.offset, SCRATCH_B);
        if (isImm(insn.from) && (insn.width < 8 || fits32(insn.from.imm))) {
          this.push(storeImm(insn.width, reg, offset, low32(insn.from.imm)));
        } else {
          const from = isImm(insn.from) ? SCRATCH_A : this.read(insn.from, SCRATCH_A);
          if (isImm(insn.from)) this.constant(from, insn.from.imm);
          this.push(store(insn.width, reg, offset, from));
        }
        break;
      }
      case 'atomic':
        this.atomic(insn);
        break;
      case 'call':
        this.call(insn);
        break;
      case 'label':
        this.pendingLabels.push(insn.name);
        break;
      case 'jump':
        this.push(ja(this.to(insn.to)));
        break;
      case 'branch':
        this.branch(insn.condition, insn.a, insn.b, this.to(insn.to), insn.wide);
        break;
      case 'budget':
        this.push(mayGoto(this.to(insn.to)));
        break;
      case 'repeat':
      case 'repeat-end':
        throw new Error(`IR: ${insn.op} in ${this.fn.name} was not taken out`);
      case 'exit':
        this.materialise(0, insn.value);
        this.push(exit());
        break;
    }
  }

  private alu(op: AluOp, dstV: V, a: V, b: V | Imm, wide: boolean): void {
    const dst = this.target(dstV, SCRATCH_A);
    const asm = ALU[op];
    if (isImm(b) && (!wide || fits32(b.imm))) {
      this.materialise(dst, a);
      this.push((wide ? asm.imm : asm.imm32)(dst, low32(b.imm)));
    } else {
      let right = isImm(b) ? SCRATCH_B : this.read(b, SCRATCH_B);
      if (isImm(b)) this.constant(right, b.imm);
      let left: V = a;
      if (right === dst && !isImm(b) && a !== b) {
        if (COMMUTATIVE.has(op)) {
          left = b;
          right = this.read(a, SCRATCH_B);
        } else {
          this.push(Mov.reg(SCRATCH_B, right));
          right = SCRATCH_B;
        }
      }
      this.materialise(dst, left);
      this.push((wide ? asm.reg : asm.reg32)(dst, right));
    }
    this.write(dstV, dst);
  }

  private atomic(insn: Extract<IrInsn, { op: 'atomic' }>): void {
    const base = this.read(insn.base, SCRATCH_B);
    if (insn.dst === undefined) {
      const from = this.read(insn.from, SCRATCH_A);
      const plain = { add: atomicAdd, or: atomicOr, and: atomicAnd, xor: atomicXor } as const;
      const op = plain[insn.atomic as keyof typeof plain];
      this.push(op(insn.width, base, insn.offset, from));
      return;
    }
    // The fetching forms return the old value in the source register, which must not be anybody's home.
    this.materialise(SCRATCH_A, insn.from);
    if (insn.atomic === 'xchg') this.push(xchg(insn.width, base, insn.offset, SCRATCH_A));
    else {
      const fetching = { 'fetch-add': atomicAdd, 'fetch-or': atomicOr, 'fetch-and': atomicAnd } as const;
      const op = fetching[insn.atomic as keyof typeof fetching];
      this.push(op(insn.width, base, insn.offset, SCRATCH_A, true));
    }
    this.write(insn.dst, SCRATCH_A);
  }

  private call(insn: Extract<IrInsn, { op: 'call' }>): void {
    const moves: { from: Reg; to: Reg }[] = [];
    const rest: { operand: Operand; to: Reg }[] = [];
    insn.args.forEach((operand, i) => {
      const to = (i + 1) as Reg;
      const place = typeof operand === 'number' ? this.place(operand) : undefined;
      if (place && 'register' in place) moves.push({ from: place.register as Reg, to });
      else rest.push({ operand, to });
    });
    this.parallelMove(moves);
    for (const { operand, to } of rest) this.materialise(to, operand);
    const { target } = insn;
    if (target.kind === 'helper') this.push(callHelper(target.name));
    else if (target.kind === 'kfunc') this.push(callKfunc(target.name));
    else this.push(callSub(target.name));
    // A result that nobody reads goes nowhere.
    if (insn.dst !== undefined && !this.allocation.live.unread.has(insn)) this.write(insn.dst, 0);
  }

  private branch(condition: Condition, a: V, b: V | Imm, to: string, wide: boolean): void {
    const left = this.read(a, SCRATCH_A);
    const jump = JUMP[condition];
    if (isImm(b) && (!wide || fits32(b.imm))) {
      this.push((wide ? jump.imm : jump.imm32)(left, low32(b.imm), to));
      return;
    }
    const right = isImm(b) ? SCRATCH_B : this.read(b, SCRATCH_B);
    if (isImm(b)) this.constant(right, b.imm);
    this.push((wide ? jump.reg : jump.reg32)(left, right, to));
  }
}

function aliasesOf(entry: string, body: readonly IrInsn[]): Map<string, string> {
  const aliases = new Map<string, string>();
  let current: string | undefined = entry;
  for (const insn of body) {
    if (insn.op !== 'label') current = undefined;
    else if (current === undefined) current = insn.name;
    else aliases.set(insn.name, current);
  }
  return aliases;
}
