/** The user-side registers of the running thread, copied to scratch memory where unwinding changes them. */
import { kernelOffset, runningTask } from '../builtins.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { inRegister } from '../expression.js';
import { type Imm, imm, type V } from '../ir/ir.js';
import { asNumber } from '../memory.js';

interface Machine {
  /** Bytes of the registers in pt_regs, and of all of it. */
  readonly size: number;
  readonly all: number;
  /** Words of pt_regs. */
  readonly pc: number;
  readonly sp: number;
  readonly fp: number;
  /** The word that tells how the processor ran, bits of it, and what they are in 64-bit user code. */
  readonly mode: number;
  readonly modeMask: number;
  readonly user: number;
  /** Of a return address, the bits that are address. */
  readonly address: bigint;
  /** A frame that keeps a frame pointer has its caller's stack pointer right behind it. */
  readonly fixedFrames: boolean;
}

export const MACHINES = {
  x64: {
    size: 168,
    all: 168,
    pc: 16,
    sp: 19,
    fp: 4,
    mode: 17,
    modeMask: 0xffff,
    user: 0x33,
    address: 0xffff_ffff_ffff_ffffn,
    fixedFrames: true,
  },
  arm64: {
    size: 272,
    all: 336,
    pc: 32,
    sp: 31,
    fp: 29,
    mode: 33,
    modeMask: 0x1f,
    user: 0,
    // What is above is a signature, where the code signs its return addresses.
    address: 0xffff_ffff_ffffn,
    fixedFrames: false,
  },
} as const satisfies Record<string, Machine>;

const KERNEL_STACK = 16_384;

/** Registers as words of scratch memory, and which of them are those of the frame. */
export class FrameRegisters {
  readonly machine: Machine;
  private readonly offset: number;
  /** A bit for each word. */
  readonly valid: Cell;

  constructor(private readonly code: Code) {
    this.machine = MACHINES[code.unit.input.arch];
    this.offset = code.scratchOffset(REGISTER_WORDS * 8);
    this.valid = new Cell(code);
  }

  /** Copies them; to `otherwise` where the thread does not run 64-bit user code. */
  load(otherwise: string): void {
    const { b } = this.code;
    const { size, mode, modeMask, user } = this.machine;
    const to = b.address(this.code.scratchBase, this.offset);
    const status = b.helper('bpf_probe_read_kernel', to, imm(size), this.source());
    b.branch('!=', status, imm(0), otherwise);
    b.branch('!=', b.alu('and', this.get(mode), imm(modeMask)), imm(user), otherwise);
    this.valid.set(imm(-1));
  }

  private source(): V {
    const { b } = this.code;
    const task = runningTask(this.code);
    if (this.code.has('task_pt_regs')) return b.helper('bpf_task_pt_regs', task);
    // They are the first thing on the kernel stack.
    const number = inRegister(this.code, asNumber(this.code, task));
    const stack = b.address(number, kernelOffset(this.code, 'task_struct', 'stack') ?? 0);
    const top = this.code.readMemory(stack, 8, false);
    return b.alu('add', top, imm(KERNEL_STACK - this.machine.all));
  }

  get(word: number): V {
    return this.code.b.load(8, this.code.scratchBase, this.offset + 8 * word);
  }

  set(word: number, value: V): void {
    this.code.b.store(8, this.code.scratchBase, this.offset + 8 * word, value);
  }

  /** A register whose word is known only now; to `otherwise` where it is not this frame's. */
  at(word: V, otherwise: string): V {
    const { b } = this.code;
    const index = b.alu('and', word, imm(REGISTER_WORDS - 1));
    this.check(index, otherwise);
    const place = b.alu('add', this.code.scratchBase, b.alu('lsh', index, imm(3)));
    return b.load(8, place, this.offset);
  }

  /** Leaves to `otherwise` where the register is not known to be this frame's. */
  check(word: V | Imm, otherwise: string): void {
    const { b } = this.code;
    const bit = b.alu('and', b.alu('rsh', this.valid.get(), word), imm(1));
    b.branch('==', bit, imm(0), otherwise);
  }
}

/** As many as any machine has in pt_regs, made a power of two. */
const REGISTER_WORDS = 64;
