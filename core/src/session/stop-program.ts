/** Instructions that stop the process which they run in: a command that this process has started. */
import { readlinkSync } from 'node:fs';
import {
  Add,
  callHelper,
  exit,
  type Instruction,
  JEq,
  JNe,
  label,
  load,
  Mov,
  type Reg,
  storeImm,
} from 'ebpf-napi/asm';
import { asRecord, findMember } from '../language/types/queries.js';
import type { TypeSource } from '../language/types.js';

const SIGSTOP = 19;
const SIGCONT = 18;
const [R0, R1, R2, R3, TASK, STACK] = [0, 1, 2, 3, 6, 10] as const;

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

/** Elsewhere the kernel's numbers of processes are not those that they see. */
const INITIAL = 'pid:[4026531836]';

function seesKernelPids(): boolean {
  try {
    return readlinkSync('/proc/self/ns/pid') === INITIAL;
  } catch {
    return false;
  }
}

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

/** Leaves to a label unless this process is the parent of the one that runs. */
const unlessOurs = ({ parent, tgid }: TaskOffsets, otherwise: string): readonly Instruction[] => [
  ...readKernel(8, TASK, parent),
  load(8, R3, STACK, -8),
  ...readKernel(4, R3, tgid),
  load(4, R1, STACK, -8),
  JNe.imm(R1, process.pid, otherwise),
];

/**
 * Stops the process, then does `tell`, which leaves 0 where it could: who hears of it and lets it go on does so after the stop.
 * Where this process is gone, and its breakpoint not yet, nobody would; should it end between the question and the stop, the
 * stop is taken back. undefined: whose child it is cannot be told.
 */
export function stopUnlessOrphaned(
  types: TypeSource,
  tell: readonly Instruction[] = [Mov.imm(R0, 0)],
): readonly Instruction[] | undefined {
  const offsets = seesKernelPids() ? taskOffsets(types) : undefined;
  if (offsets === undefined) return undefined;
  return [
    callHelper('bpf_get_current_task'),
    Mov.reg(TASK, R0),
    ...unlessOurs(offsets, 'out'),
    Mov.imm(R1, SIGSTOP),
    callHelper('bpf_send_signal'),
    ...unlessOurs(offsets, 'orphaned'),
    ...tell,
    JEq.imm(R0, 0, 'out'),
    label('orphaned', Mov.imm(R1, SIGCONT)),
    callHelper('bpf_send_signal'),
    label('out', Mov.imm(R0, 0)),
    exit(),
  ];
}

/** Stops it in any case. */
export const stopAlways: readonly Instruction[] = [
  Mov.imm(R1, SIGSTOP),
  callHelper('bpf_send_signal'),
  Mov.imm(R0, 0),
  exit(),
];
