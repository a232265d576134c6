/** Reading kernel records through pointers the verifier knows: which reads it takes, and through which pointers. */
import type { Expr } from '../language/checked.js';
import { asRecord, pointee, resolve, sizeOf } from '../language/types/queries.js';
import type { RecordType, Type } from '../language/types.js';
import { currentTask } from './builtins.js';
import type { Code } from './code.js';
import { inRegister } from './expression.js';
import { imm, type V, type Width } from './ir/ir.js';
import { asNumber } from './memory.js';

/** Whether a scalar of `width` bytes lies at `offset` in a value of this type, reached without entering a union. */
function hasScalar(type: Type, offset: number, width: number): boolean {
  const bare = resolve(type);
  switch (bare.kind) {
    case 'integer':
    case 'enum':
      return offset === 0 && bare.size === width;
    case 'pointer':
      return offset === 0 && width === 8;
    case 'array': {
      const size = sizeOf(bare.of, 0);
      if (!size || offset >= size * (bare.length ?? 0)) return false;
      return hasScalar(bare.of, offset % size, width);
    }
    case 'struct':
      return memberHasScalar(bare, offset, width);
    default:
      return false;
  }
}

function memberHasScalar(record: RecordType, offset: number, width: number): boolean {
  const member = record.members?.find(({ bitOffset, bitSize, type }) => {
    const at = bitOffset / 8;
    return bitSize === undefined && at <= offset && offset < at + (sizeOf(type, 0) ?? 0);
  });
  return member !== undefined && hasScalar(member.type, offset - member.bitOffset / 8, width);
}

interface Trusted {
  readonly record: Type | undefined;
  /** The pointer itself; a null pointer is a fault. */
  readonly fetch: () => V | undefined;
  readonly mayBeBad?: boolean;
}

/** A pointer that programs of this kind may read through, by the expression that has it. */
function trusted(code: Code, expr: Expr): Trusted | undefined {
  if (expr.kind === 'probe-arg') {
    const { index } = expr;
    const type = code.mapping.pointerType(index);
    const fetch = () => code.mapping.pointer(code, index);
    return type && { record: pointee(type), fetch, mayBeBad: code.mapping.mayBeBad(index) };
  }
  if (expr.kind !== 'builtin' || expr.name !== 'curthread' || !code.has('get_current_task_btf'))
    return undefined;
  if (code.mapping.builtin(code, expr.name) !== undefined) return undefined;
  return { record: pointee(expr.type), fetch: () => currentTask(code) };
}

/**
 * `width` bytes at `offset` from a pointer, by a plain load where the verifier takes it: a whole member of the record
 * that the pointer was declared with. What it would refuse, or might on another kernel, is read with a helper.
 */
export function loadDirectly(code: Code, base: Expr, offset: number, width: Width): V | undefined {
  const source = trusted(code, base);
  const record = source?.record && asRecord(source.record);
  if (record === undefined || !hasScalar(record, offset, width)) return undefined;
  const pointer = source?.fetch();
  if (pointer === undefined) return undefined;
  const value = code.b.load(width, pointer, offset);
  return source?.mayBeBad ? checked(code, value, pointer, offset, width) : value;
}

/** Where a plain load reads 0 there may be nothing to read: a helper tells. */
function checked(code: Code, value: V, pointer: V, offset: number, width: Width): V {
  const { b } = code;
  const result = b.move(value);
  const end = b.newLabel('read');
  b.branch('!=', result, imm(0), end);
  code.region(() => {
    const address = b.alu('add', inRegister(code, asNumber(code, pointer)), imm(offset));
    b.assign(result, code.readMemory(address, width, false));
  });
  b.label(end);
  return result;
}
