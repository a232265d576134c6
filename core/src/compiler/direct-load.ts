/** Reading kernel records through pointers the verifier knows: which reads it takes, and through which pointers. */
import type { Expr } from '../language/checked.js';
import { asRecord, pointee, resolve, sizeOf } from '../language/types/queries.js';
import type { RecordType, Type } from '../language/types.js';
import { currentTask } from './builtins.js';
import type { Code } from './code.js';
import type { V } from './ir/ir.js';

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
}

/** A pointer that programs of this kind may read through, by the expression that has it. */
function trusted(code: Code, expr: Expr): Trusted | undefined {
  if (expr.kind === 'probe-arg') {
    const type = code.mapping.pointerType(expr.index);
    return type && { record: pointee(type), fetch: () => code.mapping.pointer(code, expr.index) };
  }
  if (expr.kind !== 'builtin' || expr.name !== 'curthread' || !code.has('get_current_task_btf'))
    return undefined;
  if (code.mapping.builtin(code, expr.name) !== undefined) return undefined;
  return { record: pointee(expr.type), fetch: () => currentTask(code) };
}

/**
 * The pointer to read `width` bytes at `offset` from, where the verifier takes that read: a whole member of the record
 * that the pointer was declared with. What it would refuse, or might on another kernel, is read with a helper.
 */
export function directBase(code: Code, base: Expr, offset: number, width: number): V | undefined {
  const source = trusted(code, base);
  const record = source?.record && asRecord(source.record);
  if (record === undefined || !hasScalar(record, offset, width)) return undefined;
  return source?.fetch();
}
