/**
 * Probes on the return of a function put an address of their own in the place of the return address. The kernel
 * remembers the true one, for every call that has not returned.
 */
import { kernelField, kernelOffset, runningTask } from '../builtins.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { inRegister } from '../expression.js';
import { imm, type V } from '../ir/ir.js';
import { asNumber } from '../memory.js';

/** Calls looked at for each frame: several probes may wait for the same return, and some for calls left by longjmp(). */
const MOST_PER_FRAME = 3;
/** Bytes between the frame address and the stack pointer that a function starts with. */
const PUSHED = { x64: 8, arm64: 0 } as const;

export class PendingReturns {
  private readonly call: Cell;
  /** Of that call: where the stack was, the true return address, the call outside of it. */
  private readonly stack: Cell;
  private readonly address: Cell;
  private readonly outer: Cell;
  private readonly offsets: readonly (number | undefined)[];

  constructor(private readonly code: Code) {
    this.call = new Cell(code, imm(0));
    this.stack = new Cell(code);
    this.address = new Cell(code);
    this.outer = new Cell(code);
    this.offsets = ['stack', 'orig_ret_vaddr', 'next'].map((member) =>
      kernelOffset(code, 'return_instance', member),
    );
  }

  /** From the innermost call on. */
  start(): void {
    const { code } = this;
    const { b } = code;
    const known = kernelOffset(code, 'task_struct', 'utask') !== undefined;
    if (!known || this.offsets.includes(undefined)) return;
    const none = b.newLabel('unprobed');
    const utask = kernelField(code, 'task_struct', 'utask', 8, runningTask(code));
    b.branch('==', utask, imm(0), none);
    const first = kernelField(code, 'uprobe_task', 'return_instances', 8, utask);
    this.look(inRegister(code, asNumber(code, first)));
    b.label(none);
  }

  /** Corrects the address that was found for the caller of a frame. */
  correct(frame: V, address: Cell): void {
    const { code } = this;
    const { b } = code;
    const corrected = b.newLabel('corrected');
    const stack = b.alu('sub', frame, imm(PUSHED[code.unit.input.arch]));
    for (let turn = 0; turn < MOST_PER_FRAME; turn++) {
      const gone = b.newLabel('gone');
      b.branch('==', this.call.get(), imm(0), corrected);
      const of = this.stack.get();
      b.branch('>', of, stack, corrected);
      b.branch('<', of, stack, gone);
      address.set(this.address.get());
      b.label(gone);
      this.look(this.outer.get());
    }
    b.label(corrected);
  }

  private look(call: V): void {
    const { code, call: current } = this;
    const { b } = code;
    const end = b.newLabel('call');
    const [none, buffer] = [b.newLabel('no-call'), b.buffer(8)];
    current.set(call);
    b.branch('==', call, imm(0), end);
    for (const [i, cell] of [this.stack, this.address, this.outer].entries()) {
      b.store(8, buffer, 0, imm(0));
      const from = b.address(call, this.offsets[i]);
      b.branch('!=', b.helper('bpf_probe_read_kernel', buffer, imm(8), from), imm(0), none);
      cell.set(b.load(8, buffer, 0));
    }
    b.jump(end);
    b.label(none);
    current.set(imm(0));
    b.label(end);
    b.releaseBuffer(buffer);
  }
}
