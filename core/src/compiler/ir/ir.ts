/**
 * The intermediate form between D and BPF: BPF's own operations over any number of virtual registers, three
 * operands, and calls with arguments. Virtual registers may be assigned several times (no SSA); `allocate.ts`
 * finds out where each is live.
 *
 * Pointers stay pointers: the verifier follows them through moves and spills, so the IR never hides them.
 */

import type { HelperName } from 'ebpf-napi/asm';

/** A virtual register. */
export type V = number;

/** A buffer in the stack frame, by number. */
export interface StackRef {
  readonly stack: number;
  readonly offset: number;
}

/** A 64-bit constant; emitted as an immediate where it fits. */
export interface Imm {
  readonly imm: bigint;
}

/** The place of the instruction that reads it in its program, in the low half; `high` in the other. */
export interface Here {
  readonly here: true;
  readonly high: number;
}

/** The address `value` bytes into the first value of an array. */
export interface MapValue {
  readonly map: string;
  readonly value: number;
}

/** What an instruction may read: register, constant, address of a stack buffer, map, or place in a map's value. */
export type Operand =
  | V
  | Imm
  | StackRef
  | Here
  | { readonly map: string }
  | MapValue
  /** Address of a static subprogram, for helpers that call back. */
  | { readonly sub: string };

export type AluOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'mod'
  | 'sdiv'
  | 'smod'
  | 'and'
  | 'or'
  | 'xor'
  | 'lsh'
  | 'rsh'
  | 'arsh';
export type Condition = '==' | '!=' | '>' | '>=' | '<' | '<=' | 's>' | 's>=' | 's<' | 's<=' | '&';
export type Width = 1 | 2 | 4 | 8;
export type AtomicOp = 'add' | 'or' | 'and' | 'xor' | 'xchg' | 'fetch-add' | 'fetch-or' | 'fetch-and';

/** Base of a memory access. */
export type Address = V | StackRef;

export type IrInsn = { source?: number } & (
  | { readonly op: 'move'; readonly dst: V; readonly from: Operand }
  | {
      readonly op: 'alu';
      readonly alu: AluOp;
      readonly dst: V;
      readonly a: V;
      readonly b: V | Imm;
      readonly wide: boolean;
    }
  | { readonly op: 'negate'; readonly dst: V; readonly a: V }
  | { readonly op: 'swap'; readonly dst: V; readonly a: V; readonly bits: 16 | 32 | 64 }
  | {
      readonly op: 'load';
      readonly dst: V;
      readonly width: Width;
      readonly base: Address;
      readonly offset: number;
    }
  | {
      readonly op: 'store';
      readonly width: Width;
      readonly base: Address;
      readonly offset: number;
      readonly from: V | Imm;
    }
  /** The old value lands in `dst` for the fetching forms. */
  | {
      readonly op: 'atomic';
      readonly atomic: AtomicOp;
      readonly width: 4 | 8;
      readonly base: V;
      readonly offset: number;
      readonly from: V;
      readonly dst?: V;
    }
  | { readonly op: 'call'; readonly target: CallTarget; readonly args: readonly Operand[]; readonly dst?: V }
  | { readonly op: 'label'; readonly name: string }
  | { readonly op: 'jump'; readonly to: string }
  | {
      readonly op: 'branch';
      readonly condition: Condition;
      readonly a: V;
      readonly b: V | Imm;
      readonly to: string;
      readonly wide: boolean;
    }
  /** Bounds a loop for the verifier: leaves to `to` when the kernel's iteration budget is spent. */
  | { readonly op: 'budget'; readonly to: string }
  /**
   * What stands up to the matching `repeat-end` runs up to `count` times, or until it jumps out: see `outline.ts`.
   * `index` is the number of the turn; a word of memory at `way` tells which jump was taken.
   */
  | {
      readonly op: 'repeat';
      readonly count: number;
      readonly index: V;
      readonly way: { readonly base: V; readonly offset: number };
    }
  | { readonly op: 'repeat-end' }
  | { readonly op: 'exit'; readonly value: V | Imm }
);

export type CallTarget =
  | { readonly kind: 'helper'; readonly name: HelperName }
  | { readonly kind: 'kfunc'; readonly name: string }
  /** A static subprogram of the same program. */
  | { readonly kind: 'sub'; readonly name: string };

/** One BPF function: the program itself or a static subprogram. `params` arrive in R1… */
export interface IrFunction {
  readonly name: string;
  readonly params: readonly V[];
  readonly body: readonly IrInsn[];
  /** Size in bytes of every stack buffer, by number. */
  readonly buffers: readonly BufferSpec[];
  readonly registers: number;
}

/** A stack buffer and the body range [from, to) in which it is in use; buffers of disjoint ranges share bytes. */
export interface BufferSpec {
  readonly size: number;
  from: number;
  to: number;
}

export function isImm(value: Operand): value is Imm {
  return typeof value === 'object' && 'imm' in value;
}

export function isStackRef(value: Operand): value is StackRef {
  return typeof value === 'object' && 'stack' in value;
}

export function imm(value: bigint | number): Imm {
  return { imm: BigInt.asIntN(64, BigInt(value)) };
}
