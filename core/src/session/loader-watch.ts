/**
 * A command that was started stops where its loader has loaded a library, before any code of that has run, until its probes
 * are in place. Should this process end meanwhile, the kernel lets the command go on.
 */
import {
  attachUprobe,
  attachUprobeMulti,
  BpfMap,
  hasFeature,
  type Link,
  Program,
  RingBufferReader,
} from 'ebpf-napi';
import {
  Add,
  callHelper,
  exit,
  type Instruction,
  JEq,
  JNe,
  label,
  load,
  loadMap,
  Mov,
  type Reg,
  storeImm,
} from 'ebpf-napi/asm';
import { openCodeFile } from '../host/elf/code-file.js';
import { functionIndex } from '../host/elf/find-function.js';
import { asRecord, findMember } from '../language/types/queries.js';
import type { TypeSource } from '../language/types.js';

/** Called by every loader when it has changed what is loaded: what debuggers wait for. */
export const LOADER_EVENT = '_dl_debug_state';

const SIGSTOP = 19;
const SIGCONT = 18;
const RING = 'loader_events';
const RING_SIZE = 4096;
const FORCE_WAKEUP = 2;
const [R0, R1, R2, R3, R4, TASK, STACK] = [0, 1, 2, 3, 4, 6, 10] as const;

/** Where a task has its parent, and the number of its process. */
interface TaskOffsets {
  readonly parent: number;
  readonly tgid: number;
}

function taskOffsets(types: TypeSource): TaskOffsets | undefined {
  const task = types.findRecord('struct', 'task_struct');
  const record = task && asRecord(task);
  const [parent, tgid] = ['real_parent', 'tgid'].map((name) => record && findMember(record, name)?.bitOffset);
  return parent === undefined || tgid === undefined ? undefined : { parent: parent / 8, tgid: tgid / 8 };
}

/** Leaves to a label unless this process is the parent of the one that runs. */
const unlessOurs = ({ parent, tgid }: TaskOffsets, otherwise: string): readonly Instruction[] => [
  ...readKernel(8, TASK, parent),
  load(8, R3, STACK, -8),
  ...readKernel(4, R3, tgid),
  load(4, R1, STACK, -8),
  JNe.imm(R1, process.pid, otherwise),
];

/** Bytes at an offset from a register, to the stack. */
const readKernel = (size: 4 | 8, from: Reg, offset: number): readonly Instruction[] => [
  storeImm(8, STACK, -8, 0),
  Mov.reg(R3, from),
  Add.imm(R3, offset),
  Mov.imm(R2, size),
  Mov.reg(R1, STACK),
  Add.imm(R1, -8),
  callHelper('bpf_probe_read_kernel'),
];

/**
 * Stops the process, then tells: who hears of it and lets it go on does so after the stop. Where this process is gone, and
 * its breakpoint not yet, nobody would; should it end between the question and the stop, the stop is taken back.
 */
const watching = (offsets: TaskOffsets): readonly Instruction[] => [
  callHelper('bpf_get_current_task'),
  Mov.reg(TASK, R0),
  ...unlessOurs(offsets, 'out'),
  Mov.imm(R1, SIGSTOP),
  callHelper('bpf_send_signal'),
  ...unlessOurs(offsets, 'orphaned'),
  storeImm(8, STACK, -8, 0),
  loadMap(R1, RING),
  Mov.reg(R2, STACK),
  Add.imm(R2, -8),
  Mov.imm(R3, 8),
  Mov.imm(R4, FORCE_WAKEUP),
  callHelper('bpf_ringbuf_output'),
  JEq.imm(R0, 0, 'out'),
  label('orphaned', Mov.imm(R1, SIGCONT)),
  callHelper('bpf_send_signal'),
  label('out', Mov.imm(R0, 0)),
  exit(),
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

  /** `onEvent`: the process is stopped. undefined: it does not load libraries. */
  static async start(pid: number, types: TypeSource, onEvent: () => void): Promise<LoaderWatch | undefined> {
    const place = loaderEvent(pid);
    const offsets = taskOffsets(types);
    if (place === undefined || offsets === undefined) return undefined;
    const instructions = watching(offsets);
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
