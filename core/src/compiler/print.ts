/** print(): the bytes of a value, and beside them how they are to be read. */
import type { ActionStmt, Expr } from '../language/checked.js';
import { UNSIGNED_CHAR } from '../language/types/basic.js';
import { typeName } from '../language/types/names.js';
import { resolve, sizeOf } from '../language/types/queries.js';
import type { Member, Type } from '../language/types.js';
import type { PrintShape, PrintSpec } from './image.js';
import type { CompileOptions } from './options.js';

let temps = -1_000_000;

/** setopt() may raise printsize while tracing: a small one only limits what is shown. */
const LEAST_RECORDED = 8192;

/** Bytes at an address as a value. */
export function bytesAt(address: Expr, size: number): Expr {
  const type: Type = { kind: 'array', of: UNSIGNED_CHAR, length: size };
  return { kind: 'load', type, address, span: address.span };
}

/** A pointer is recorded with what it points to; a record or an array as its bytes; everything else as it is. */
export function printedValues(stmt: ActionStmt, options: CompileOptions): readonly Expr[] {
  const value = stmt.arguments[0]!;
  const bare = resolve(value.type);
  const { strsize, printsize } = options;
  if (bare.kind !== 'pointer') return [value];
  const temp = { id: temps--, type: value.type };
  const { span, type } = value;
  const body: Expr = { kind: 'temp', temp, type, span };
  const size = Math.min(sizeOf(bare.to, strsize) ?? 0, Math.max(printsize, LEAST_RECORDED));
  return [{ kind: 'let', temp, value, body, type, span }, bytesAt(body, size)];
}

export function printSpec(stmt: ActionStmt, options: CompileOptions): PrintSpec {
  const { type } = stmt.arguments[0]!;
  const bare = resolve(type);
  const pointer = bare.kind === 'pointer';
  return { pointer, shape: shapeOf(pointer ? bare.to : type, options.strsize) };
}

const nameOf = (type: Type): string => typeName(type).replace(' (anon)', '');

function shapeOf(type: Type, strsize: number): PrintShape {
  const bare = resolve(type);
  const name = nameOf(type);
  const size = sizeOf(type, strsize) ?? 0;
  switch (bare.kind) {
    case 'integer':
      return { kind: 'integer', name, size, signed: bare.signed, character: bare.name === 'char' };
    case 'enum': {
      const names = [...(bare.enumerators ?? [])].map(([text, value]) => [value, text] as const);
      return { kind: 'enum', name, size, signed: bare.signed, names };
    }
    case 'pointer':
      return { kind: 'pointer', name, size };
    case 'array':
      return { kind: 'array', name, size, of: shapeOf(bare.of, strsize) };
    case 'struct':
    case 'union':
      return {
        kind: 'record',
        name,
        size,
        members: (bare.members ?? []).map((m) => memberShape(m, strsize)),
      };
    default:
      return { kind: 'bytes', name, size };
  }
}

function memberShape(member: Member, strsize: number) {
  const { name, bitOffset, bitSize } = member;
  const shape = shapeOf(member.type, strsize);
  return { name, bitOffset, shape, ...(bitSize === undefined ? {} : { bitSize }) };
}
