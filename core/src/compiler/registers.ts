/** uregs[]: the registers the thread had when it entered the kernel. regs[]: those of the place that is probed. */
import type { ExprOf } from '../language/checked.js';
import { Fault } from '../language/faults.js';
import { currentTask, kernelOffset } from './builtins.js';
import type { Code } from './code.js';
import { inRegister, type Scalar } from './expression.js';
import { imm } from './ir/ir.js';
import { asNumber } from './memory.js';

/** Registers in struct pt_regs, by architecture: indexes below are words of it. */
const SAVED = { x64: 21, arm64: 34 } as const;

/** What the thread keeps apart, by index behind those: member of task_struct, bytes. */
const APART: readonly { readonly member: string; readonly size: 2 | 8 }[] = [
  { member: 'thread.ds', size: 2 },
  { member: 'thread.es', size: 2 },
  { member: 'thread.fsbase', size: 8 },
  { member: 'thread.gsbase', size: 8 },
  { member: 'thread.trap_nr', size: 8 },
];

export function register(code: Code, expr: ExprOf<'builtin-element'>): Scalar {
  const [key] = expr.keys;
  const index = key?.kind === 'constant' ? Number(key.value) : -1;
  const value = expr.name === 'regs' ? probedRegister(code, index) : userRegister(code, index);
  if (value !== undefined) return value;
  code.fault(Fault.illegalOperation, imm(0));
  return imm(0);
}

function probedRegister(code: Code, index: number): Scalar | undefined {
  const { registers } = code.layout;
  if (registers === undefined || index < 0 || index >= SAVED[code.unit.input.arch]) return undefined;
  return code.once(`register${index}`, () => code.b.load(8, code.ctx, registers.offset + 8 * index));
}

function userRegister(code: Code, index: number): Scalar | undefined {
  const { b } = code;
  const saved = SAVED[code.unit.input.arch];
  const apart = code.unit.input.arch === 'x64' ? APART[index - saved] : undefined;
  const known = index >= 0 && (index < saved || apart !== undefined);
  if (!known || !code.has('task_pt_regs')) return undefined;
  const task = currentTask(code);
  if (apart) {
    const offset = kernelOffset(code, 'task_struct', apart.member) ?? 0;
    const address = b.address(inRegister(code, asNumber(code, task)), offset);
    return code.readMemory(address, apart.size, false);
  }
  const registers = code.once('user-registers', () => b.helper('bpf_task_pt_regs', task));
  return b.load(8, registers, 8 * index);
}
