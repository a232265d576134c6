import { addon } from '../addon.js';
import { Attr, bpf, bpfName } from '../bpf.js';
import { possibleCpus } from '../cpus.js';
import { BpfError, check } from '../errors.js';
import { closeFd, runAsync, runSync } from '../syscall.js';
import { type MapEntries, type ReadableMap, readEntries } from './batch.js';
import { createMapFd } from './create.js';
import { isPerCpu, type MapSpec } from './types.js';

const UPDATE_MODES = { any: 0, noexist: 1, exist: 2 } as const;
const ENOENT = 2;
const EAGAIN = 11;

const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const align = (size: number, to: number): number => Math.ceil(size / to) * to;

/** A BPF map. It is freed by the kernel when it is closed here and no loaded program uses it. */
export class BpfMap implements ReadableMap {
  /** Bytes a value takes in user space: `valueSize`, or for per-CPU maps one slot for every possible CPU. */
  readonly valueStride: number;
  readonly #inner: BpfMap[] = [];
  #fd: number;
  #mapped: ArrayBuffer | undefined;

  private constructor(
    readonly spec: MapSpec,
    fd: number,
  ) {
    this.#fd = fd;
    this.valueStride = isPerCpu(spec.type) ? possibleCpus() * align(spec.valueSize, 8) : spec.valueSize;
  }

  static create(spec: MapSpec): BpfMap {
    const inner: BpfMap[] = [];
    let template: BpfMap | undefined;
    let map: BpfMap | undefined;
    try {
      for (const innerSpec of spec.innerMaps ?? []) inner.push(BpfMap.create(innerSpec));
      if (spec.inner !== undefined) template = BpfMap.create(spec.inner);
      map = new BpfMap(spec, createMapFd(spec, (template ?? inner[0])?.fd));
      map.#inner.push(...inner);
      map.#fill();
      return map;
    } catch (error) {
      if (map !== undefined) map.close();
      else for (const each of inner) each.close();
      throw error;
    } finally {
      template?.close();
    }
  }

  #fill(): void {
    for (const [i, inner] of this.#inner.entries()) this.update(u32(i), u32(inner.fd));
    if (this.spec.contents !== undefined) {
      const value = new Uint8Array(this.spec.valueSize);
      value.set(this.spec.contents);
      this.update(u32(0), value);
    }
    if (this.spec.freeze === true) {
      const result = bpf('MAP_FREEZE', new Attr(4).u32(0, this.fd));
      check(result, bpfName('MAP_FREEZE'), `freeze map '${this.name}'`);
    }
  }

  /** -1 once closed. */
  get fd(): number {
    return this.#fd;
  }
  get name(): string {
    return this.spec.name;
  }
  get keySize(): number {
    return this.spec.keySize;
  }
  get maxEntries(): number {
    return this.spec.maxEntries;
  }

  #element(key: Uint8Array | undefined, value?: Uint8Array): Attr {
    const tooShort = (bytes: Uint8Array | undefined, size: number) =>
      bytes !== undefined && bytes.length < size;
    // The kernel reads as many bytes as the map was made with, whatever we hand it.
    if (tooShort(key, this.keySize) || tooShort(value, this.valueStride)) {
      throw new RangeError(
        `map '${this.name}' has keys of ${this.keySize} and values of ${this.valueStride} bytes`,
      );
    }
    return new Attr(32).u32(0, this.#fd).pointer(8, key).pointer(16, value);
  }

  /** The value, or undefined. Per-CPU maps give `possibleCpus()` values, each rounded up to 8 bytes. */
  lookup(key: Uint8Array): Uint8Array | undefined {
    const value = new Uint8Array(this.valueStride);
    const result = bpf('MAP_LOOKUP_ELEM', this.#element(key, value));
    if (result === -ENOENT) return undefined;
    check(result, bpfName('MAP_LOOKUP_ELEM'), `look up in map '${this.name}'`);
    return value;
  }

  update(key: Uint8Array, value: Uint8Array, mode: keyof typeof UPDATE_MODES = 'any'): void {
    const attr = this.#element(key, value).u64(24, UPDATE_MODES[mode]);
    check(bpf('MAP_UPDATE_ELEM', attr), bpfName('MAP_UPDATE_ELEM'), `update map '${this.name}'`);
  }

  /** Whether there was such a key. */
  delete(key: Uint8Array): boolean {
    const result = bpf('MAP_DELETE_ELEM', this.#element(key));
    if (result === -ENOENT) return false;
    check(result, bpfName('MAP_DELETE_ELEM'), `delete from map '${this.name}'`);
    return true;
  }

  /** Removes and returns the oldest (queue) or newest (stack) value; queues and stacks only. */
  pop(): Uint8Array | undefined {
    const value = new Uint8Array(this.valueStride);
    const result = bpf('MAP_LOOKUP_AND_DELETE_ELEM', this.#element(undefined, value));
    if (result === -ENOENT || result === -EAGAIN) return undefined;
    check(result, bpfName('MAP_LOOKUP_AND_DELETE_ELEM'), `pop from map '${this.name}'`);
    return value;
  }

  /** Everything in the map, in batches where the kernel can (5.6; per-CPU arrays 5.13). Not a snapshot. */
  entries(): MapEntries {
    return runSync(readEntries(this, false));
  }

  /** As `entries`, on the thread pool. */
  entriesAsync(): Promise<MapEntries> {
    return runAsync(readEntries(this, false));
  }

  /** Reads and empties the map; hash maps only. */
  lookupAndDeleteAll(): MapEntries {
    return runSync(readEntries(this, true));
  }

  /** As `lookupAndDeleteAll`, on the thread pool. */
  lookupAndDeleteAllAsync(): Promise<MapEntries> {
    return runAsync(readEntries(this, true));
  }

  /** The values of an mmapable array as shared memory, each rounded up to 8 bytes. Gone after `close()`. */
  mmap(): Uint8Array {
    const stride = align(this.spec.valueSize, 8);
    const native = addon();
    if (this.#mapped === undefined) {
      const length = align(stride * this.spec.maxEntries, native.pageSize);
      const mapped = native.map(this.#fd, 0, length, true);
      if (typeof mapped === 'number') {
        throw new BpfError({ syscall: 'mmap', errno: -mapped, asked: `map '${this.name}' into memory` });
      }
      this.#mapped = mapped;
    }
    return new Uint8Array(this.#mapped, 0, stride * this.spec.maxEntries);
  }

  /** A map made from `innerMaps`. */
  inner(index: number): BpfMap {
    const inner = this.#inner[index];
    if (inner === undefined) throw new RangeError(`map '${this.name}' has no inner map ${index}`);
    return inner;
  }

  /** The maps made from `innerMaps`. */
  get innerMaps(): readonly BpfMap[] {
    return this.#inner;
  }

  /** Closes it and its inner maps; views from `mmap()` become empty. */
  close(): void {
    if (this.#fd < 0) return;
    if (this.#mapped !== undefined) addon().unmap(this.#mapped);
    this.#mapped = undefined;
    for (const inner of this.#inner) inner.close();
    closeFd(this.#fd);
    this.#fd = -1;
  }
}
