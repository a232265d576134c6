/**
 * A command that was started stops where its loader has loaded a library, before any code of that has run, until its probes
 * are in place. Should this process end meanwhile, the kernel lets the command go on. Any other process only tells.
 */
import {
  attachUprobe,
  attachUprobeMulti,
  BpfError,
  BpfMap,
  hasFeature,
  type Link,
  Program,
  RingBufferReader,
} from 'ebpf-napi';
import { Add, callHelper, exit, loadMap, Mov, storeImm } from 'ebpf-napi/asm';
import { openCodeFile } from '../host/elf/code-file.js';
import { functionIndex } from '../host/elf/find-function.js';
import type { TypeSource } from '../language/types.js';
import { stopUnlessOrphaned } from './stop-program.js';
import type { Target } from './target.js';

/** Called by every loader when it has changed what is loaded: what debuggers wait for. */
export const LOADER_EVENT = '_dl_debug_state';

const RING = 'loader_events';
const RING_SIZE = 4096;
const FORCE_WAKEUP = 2;
const [R1, R2, R3, R4, STACK] = [1, 2, 3, 4, 10] as const;

/** Tells of it; leaves 0 where that could be done. */
const tell = [
  storeImm(8, STACK, -8, 0),
  loadMap(R1, RING),
  Mov.reg(R2, STACK),
  Add.imm(R2, -8),
  Mov.imm(R3, 8),
  Mov.imm(R4, FORCE_WAKEUP),
  callHelper('bpf_ringbuf_output'),
];

interface Place {
  readonly path: string;
  readonly offset: number;
}

/** Where the loader of a process tells of libraries; undefined: it has none. */
function loaderEvent(pid: number): Place | undefined {
  const path = openCodeFile(`/proc/${pid}/exe`)?.interpreter;
  const loader = path === undefined ? undefined : openCodeFile(`/proc/${pid}/root${path}`);
  const index = loader && functionIndex(loader.functions, LOADER_EVENT);
  if (loader === undefined || index === undefined) return undefined;
  const offset = loader.fileOffset(loader.functions.addresses[index] as number);
  return offset === undefined ? undefined : { path: loader.path, offset };
}

async function attach(program: Program, pid: number, { path, offset }: Place): Promise<Link> {
  return hasFeature('uprobe_multi')
    ? attachUprobeMulti(program, { path, offsets: BigUint64Array.of(BigInt(offset)), pid })
    : attachUprobe(program, { path, offset, pid });
}

export class LoaderWatch {
  readonly #map: BpfMap;
  readonly #reader: RingBufferReader;
  readonly #link: Link;

  /**
   * `onEvent`: something was loaded, and the process is stopped if it `mayStop`. undefined: it does not load libraries, or
   * cannot be told of.
   */
  static async start(
    { pid, mayStop }: Pick<Target, 'pid' | 'mayStop'>,
    types: TypeSource,
    onEvent: () => void,
  ): Promise<LoaderWatch | undefined> {
    const place = loaderEvent(pid);
    if (place === undefined) return undefined;
    const instructions = (mayStop ? stopUnlessOrphaned(types, tell) : undefined) ?? [
      ...tell,
      Mov.imm(0, 0),
      exit(),
    ];
    const map = BpfMap.create({
      name: RING,
      type: 'ringbuf',
      keySize: 0,
      valueSize: 0,
      maxEntries: RING_SIZE,
    });
    try {
      const multi = hasFeature('uprobe_multi');
      const spec = { name: RING, type: 'kprobe', instructions } as const;
      const program = await Program.load(
        multi ? { ...spec, expectedAttach: 'trace_uprobe_multi' } : spec,
        new Map([[RING, map]]),
      );
      try {
        return new LoaderWatch(map, await attach(program, pid, place), onEvent);
      } finally {
        program.close();
      }
    } catch (error) {
      map.close();
      // What is loaded is then noticed later.
      if (error instanceof BpfError) return undefined;
      throw error;
    }
  }

  private constructor(map: BpfMap, link: Link, onEvent: () => void) {
    this.#map = map;
    this.#link = link;
    this.#reader = new RingBufferReader([map]);
    this.#reader.onWake(() => {
      if (this.#reader.drain(() => {}) > 0) onEvent();
    });
    this.#reader.unref();
  }

  async close(): Promise<void> {
    await this.#link.close();
    this.#reader.close();
    this.#map.close();
  }
}
