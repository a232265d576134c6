/** Who holds the kernel's locks. */
import type { Expr } from '../../language/checked.js';
import { currentTask, kernelOffset } from '../builtins.js';
import type { Code } from '../code.js';
import { evaluate, inRegister, type Scalar } from '../expression.js';
import { type AluOp, type Condition, imm, type V, type Width } from '../ir/ir.js';
import { asNumber } from '../memory.js';

/** struct mutex keeps flags in the low bits of its owner. */
const OWNER_FLAGS = 7;
/** Queued rwlocks: the low byte is the writer's, the readers are counted from the tenth bit on. */
const WRITER = 0xff;
const READERS_SHIFT = 9;

function field(code: Code, pointer: Expr, record: string, path: string, width: Width): V {
  const address = inRegister(code, asNumber(code, evaluate(code, pointer)));
  const offset = kernelOffset(code, record, path) ?? 0;
  return code.readMemory(code.b.address(address, offset), width, false);
}

function owner(code: Code, args: readonly Expr[]): V {
  return code.b.alu('and', field(code, args[0]!, 'mutex', 'owner', 8), imm(~OWNER_FLAGS));
}

export const mutexOwner = owner;

export function mutexOwned(code: Code, args: readonly Expr[]): Scalar {
  const task = inRegister(code, asNumber(code, currentTask(code)));
  return flag(code, owner(code, args), '==', task);
}

/** Every struct mutex spins while its owner runs and sleeps otherwise: what DTrace calls adaptive. */
export const always =
  (answer: 0 | 1) =>
  (code: Code, args: readonly Expr[]): Scalar => {
    evaluate(code, args[0]!);
    return imm(answer);
  };

const counted =
  (operation: AluOp, operand: number, condition: Condition, against: number) =>
  (code: Code, args: readonly Expr[]): Scalar => {
    const value = field(code, args[0]!, 'qrwlock', 'cnts', 4);
    return flag(code, code.b.alu(operation, value, imm(operand)), condition, imm(against));
  };

export const rwReadHeld = counted('rsh', READERS_SHIFT, '!=', 0);
export const rwWriteHeld = counted('and', WRITER, '==', WRITER);

function flag(code: Code, value: V, condition: Condition, against: V | ReturnType<typeof imm>): V {
  const { b } = code;
  const result = b.constant(1);
  const end = b.newLabel('holds');
  b.branch(condition, value, against, end);
  b.assign(result, imm(0));
  b.label(end);
  return result;
}
