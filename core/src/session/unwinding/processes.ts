import type { BpfMap } from 'ebpf-napi';
import { identityOf, PROCESS, STRETCH } from '../../compiler/unwind/layout.js';
import type { CodeMapping, CodeSpace } from '../../host/index.js';
import type { TableChunks } from './chunks.js';
import { type Extent, Extents } from './extents.js';

const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const LONGEST = 0xffff_ffff;
/** Milliseconds for which a program may still be reading what has been replaced. */
const LINGER = 1000;

interface Stretch {
  readonly start: number;
  readonly length: number;
  readonly pc: number;
  readonly chunk: number;
  readonly first: number;
  readonly count: number;
}

/** The stretches of processes, where programs can search them. */
export class ProcessStretches {
  readonly #view: DataView;
  /** The first stays empty: that is what a program finds for a process without any. */
  readonly #extents = new Extents({ first: 1, count: STRETCH.most - 1 });
  readonly #held = new Map<number, Extent>();
  readonly #leaving: { readonly extent: Extent; readonly since: number }[] = [];

  constructor(
    private readonly processes: BpfMap,
    stretches: BpfMap,
    private readonly chunks: TableChunks,
  ) {
    const bytes = stretches.mmap();
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Processes that take space here. */
  get tgids(): readonly number[] {
    return [...this.#held.keys()];
  }

  /** Programs know the process from here on, as far as there is room. */
  set(tgid: number, space: CodeSpace): void {
    this.#reuse();
    const stretches = space.mappings
      .flatMap((mapping) => this.#stretches(mapping))
      .sort((a, b) => a.start - b.start)
      .slice(0, STRETCH.mostOfOne);
    const extent = this.#extents.take(stretches.length) ?? { first: 0, count: 0 };
    for (let i = 0; i < extent.count; i++) this.#write(extent.first + i, stretches[i] as Stretch);
    const value = new DataView(new ArrayBuffer(PROCESS.size));
    value.setBigUint64(PROCESS.identity, identityOf(space.startCode, space.startStack), true);
    value.setUint32(PROCESS.first, extent.first, true);
    value.setUint32(PROCESS.count, extent.count, true);
    value.setUint32(PROCESS.codePages, space.codePages, true);
    this.processes.update(u32(tgid), new Uint8Array(value.buffer));
    this.#release(tgid);
    this.#held.set(tgid, extent);
  }

  /** The process is gone. */
  delete(tgid: number): void {
    this.processes.delete(u32(tgid));
    this.#release(tgid);
  }

  #release(tgid: number): void {
    const extent = this.#held.get(tgid);
    this.#held.delete(tgid);
    if (extent !== undefined) this.#leaving.push({ extent, since: performance.now() });
  }

  #reuse(): void {
    const now = performance.now();
    while (this.#leaving[0] !== undefined && now - this.#leaving[0].since > LINGER)
      this.#extents.giveBack((this.#leaving.shift() as { readonly extent: Extent }).extent);
  }

  #stretches({ start, end, table, address }: CodeMapping): Stretch[] {
    const size = Math.min(end - start, LONGEST);
    const runs = table === undefined ? [] : this.chunks.runs(table);
    if (table === undefined || runs.length === 0)
      return [{ start, length: size, pc: 0, chunk: 0, first: 0, count: 0 }];
    const [from, to] = [address - table.base, address - table.base + size];
    return runs.flatMap((run) => {
      const [low, high] = [Math.max(run.from, from), Math.min(run.to, to)];
      if (low >= high) return [];
      const { chunk, first, count } = run;
      return [{ start: start + low - from, length: high - low, pc: low, chunk, first, count }];
    });
  }

  #write(row: number, stretch: Stretch): void {
    const at = row * STRETCH.size;
    this.#view.setBigUint64(at + STRETCH.start, BigInt(stretch.start), true);
    for (const field of ['length', 'pc', 'chunk', 'first', 'count'] as const)
      this.#view.setUint32(at + STRETCH[field], stretch[field], true);
  }
}
