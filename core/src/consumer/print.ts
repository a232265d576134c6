/** print(): a value with its type, members one to a line, what is zero left out. */
import { Buffer } from 'node:buffer';
import type { PrintMember, PrintShape, PrintSpec } from '../compiler/image.js';
import { isInteger, type Value } from './values.js';

const MARGIN = 44;

type ShapeOf<K extends PrintShape['kind']> = Extract<PrintShape, { readonly kind: K }>;

export function printText({ pointer, shape }: PrintSpec, values: readonly Value[], limit: number): string {
  const [first, second] = values;
  if (!pointer)
    return first instanceof Uint8Array ? new Printer(first, limit).whole(shape, 0) : scalarText(shape, first);
  if (!isInteger(first) || !(second instanceof Uint8Array)) return '';
  const at = BigInt.asUintN(64, BigInt(first)).toString(16);
  return `0x${at} = *\n${' '.repeat(MARGIN)}${new Printer(second, limit).whole(shape, MARGIN)}\n`;
}

function scalarText(shape: PrintShape, value: Value | undefined): string {
  if (typeof value === 'string') return `(${shape.name})"${value}"`;
  if (!isInteger(value)) return '';
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)));
  return new Printer(bytes, bytes.length).whole(shape, 0);
}

/** Prints from bytes that may be fewer than the type has, up to the limit. */
class Printer {
  readonly #bytes: Buffer;
  readonly #limit: number;
  #size = 0;
  /** Where members of the outermost record stand. */
  #outer = 0;
  /** Bytes ran out: "..." stands where, and nothing follows. */
  #cut = false;

  constructor(bytes: Uint8Array, limit: number) {
    this.#bytes = Buffer.from(bytes);
    this.#limit = Math.min(limit, bytes.length);
  }

  whole(shape: PrintShape, indent: number): string {
    this.#size = shape.size;
    this.#outer = indent + 1;
    return this.#value(shape, 0, indent);
  }

  #value(shape: PrintShape, bit: number, indent: number, bitSize?: number): string {
    switch (shape.kind) {
      case 'record':
        return `(${shape.name}) {\n${this.#members(shape, bit, indent + 1)}${' '.repeat(indent)}}`;
      case 'array':
        return `(${shape.name}) [\n${this.#elements(shape, bit / 8, indent + 1)}${' '.repeat(indent)}]`;
      case 'bytes':
        return `(${shape.name})${this.#slice(bit / 8, shape.size).toString('hex')}`;
      default:
        return `(${shape.name})${this.#scalar(shape, bit, bitSize)}`;
    }
  }

  #members(shape: ShapeOf<'record'>, bit: number, indent: number): string {
    let text = '';
    const last = shape.members.at(-1);
    for (const member of shape.members) {
      if (this.#cut) break;
      // What ends with the last member of a record of a record is marked one to the left of the members.
      const end = member === last ? Math.max(this.#outer, indent - 1) : indent;
      text += this.#member(member, bit + member.bitOffset, indent, end);
    }
    return text;
  }

  #member({ name, shape, bitSize }: PrintMember, bit: number, indent: number, end: number): string {
    const margin = ' '.repeat(indent);
    if (bit / 8 >= this.#limit) return this.#end(indent);
    if (this.#isZero(shape, bit, bitSize)) return '';
    const label = name === '' ? '' : `.${name} = `;
    const text = `${margin}${label}${this.#value(shape, bit, indent, bitSize)},\n`;
    const full = shape.kind !== 'record' && this.#size > this.#limit && bit / 8 + shape.size >= this.#limit;
    return full ? text + this.#end(end) : text;
  }

  #end(indent: number): string {
    this.#cut = true;
    return `${' '.repeat(indent)}...\n`;
  }

  #elements(shape: ShapeOf<'array'>, at: number, indent: number): string {
    const margin = ' '.repeat(indent);
    const { of } = shape;
    const text = of.kind === 'integer' && of.character;
    let lines = '';
    for (let offset = 0; of.size > 0 && offset < shape.size; offset += of.size) {
      if (at + offset >= this.#bytes.length) break;
      const zero = this.#isZero(of, 8 * (at + offset));
      if (zero && text) break;
      if (!zero) lines += `${margin}${this.#value(of, 8 * (at + offset), indent)},\n`;
    }
    return lines;
  }

  #scalar(shape: ShapeOf<'integer' | 'enum' | 'pointer'>, bit: number, bitSize?: number): string {
    const value = this.#integer(bit, bitSize ?? 8 * shape.size, shape.kind !== 'pointer' && shape.signed);
    if (shape.kind === 'pointer') return `0x${value.toString(16)}`;
    if (shape.kind === 'enum') return shape.names.find(([number]) => number === value)?.[1] ?? `${value}`;
    return shape.character && value >= 32n && value < 127n
      ? `'${String.fromCharCode(Number(value))}'`
      : `${value}`;
  }

  #integer(bit: number, size: number, signed: boolean): bigint {
    const start = Math.floor(bit / 8);
    const bytes = Buffer.alloc(16);
    this.#slice(start, 16).copy(bytes);
    const wide = (bytes.readBigUInt64LE(8) << 64n) | bytes.readBigUInt64LE(0);
    const value = wide >> BigInt(bit - 8 * start);
    return signed ? BigInt.asIntN(size, value) : BigInt.asUintN(size, value);
  }

  #isZero(shape: PrintShape, bit: number, bitSize?: number): boolean {
    if (bitSize !== undefined) return this.#integer(bit, bitSize, false) === 0n;
    return this.#slice(bit / 8, shape.size).every((byte) => byte === 0);
  }

  #slice(at: number, size: number): Buffer {
    return this.#bytes.subarray(at, at + size);
  }
}
