import type { Pointers } from './addon.js';
import { invoke, type SystemCall } from './syscall.js';

/** Commands of bpf(2). */
export const BpfCommand = {
  MAP_CREATE: 0,
  MAP_LOOKUP_ELEM: 1,
  MAP_UPDATE_ELEM: 2,
  MAP_DELETE_ELEM: 3,
  MAP_GET_NEXT_KEY: 4,
  PROG_LOAD: 5,
  PROG_TEST_RUN: 10,
  OBJ_GET_INFO_BY_FD: 15,
  RAW_TRACEPOINT_OPEN: 17,
  BTF_LOAD: 18,
  BTF_GET_FD_BY_ID: 19,
  MAP_LOOKUP_AND_DELETE_ELEM: 21,
  MAP_FREEZE: 22,
  BTF_GET_NEXT_ID: 23,
  MAP_LOOKUP_BATCH: 24,
  MAP_LOOKUP_AND_DELETE_BATCH: 25,
  LINK_CREATE: 28,
  ENABLE_STATS: 32,
  ITER_CREATE: 33,
} as const;
export type BpfCommand = keyof typeof BpfCommand;

/** `union bpf_attr`, or any other C struct, filled in by offset. The kernel takes trailing zeroes for absent. */
export class Attr {
  readonly bytes: Uint8Array;
  readonly #pointers: Pointers[number][] = [];
  readonly #view: DataView;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }
  u32(offset: number, value: number): this {
    this.#view.setUint32(offset, value, true);
    return this;
  }
  u64(offset: number, value: number | bigint): this {
    this.#view.setBigUint64(offset, BigInt.asUintN(64, BigInt(value)), true);
    return this;
  }
  pointer(offset: number, target: ArrayBufferView | undefined): this {
    if (target !== undefined) this.#pointers.push(offset, target);
    return this;
  }
  /** A table that holds addresses itself. */
  table(offset: number, table: Attr | undefined): this {
    if (table !== undefined) this.#pointers.push(offset, [table.bytes, table.pointers]);
    return this;
  }
  get pointers(): Pointers {
    return this.#pointers;
  }
  getU32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }
  getU64(offset: number): bigint {
    return this.#view.getBigUint64(offset, true);
  }
}

export function bpfCall(command: BpfCommand, attr: Attr): SystemCall {
  const args = [BpfCommand[command], attr.bytes, attr.bytes.length];
  return { name: 'bpf', args, pointers: attr.pointers };
}

export function bpf(command: BpfCommand, attr: Attr): number {
  return invoke(bpfCall(command, attr));
}

/** What a BpfError calls the system call. */
export const bpfName = (command: BpfCommand): string => `bpf(BPF_${command})`;
