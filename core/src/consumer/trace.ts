/** How a value looks when nobody said how to print it: trace(), and the keys of an aggregation. */
import type { Field } from '../compiler/image.js';
import { hexdump, textInBytes } from './hexdump.js';
import type { Printing } from './printf/conversions.js';
import { pad } from './printf/pad.js';
import { stackText, symbolText } from './symbols.js';
import { asSigned, asUnsigned, type Integer, isInteger, type Value } from './values.js';

/** Column width by size in bytes: what the longest value of that type takes. */
const traceWidths = {
  signed: { 1: 3, 2: 5, 4: 10, 8: 19 },
  unsigned: { 1: 3, 2: 5, 4: 10, 8: 20 },
} as const;
const traceStringWidth = 33;

const keyWidths = { 1: 3, 2: 5, 4: 8, 8: 16 } as const;
export const keyStringWidth = 50;

export function traceText(field: Field, value: Value, printing: Printing): string {
  const { options, symbols } = printing;
  if (isInteger(value)) {
    if (options.rawbytes) return hexdump(integerBytes(field, value));
    if (options.quiet || field.kind !== 'integer') return value.toString();
    const widths = traceWidths[field.signed ? 'signed' : 'unsigned'];
    return ` ${value.toString().padStart(widths[field.size])}`;
  }
  if (typeof value === 'string') {
    if (options.rawbytes) return hexdump(stringBytes(value, options.strsize));
    return options.quiet ? value : `  ${pad(value, traceStringWidth, true)}`;
  }
  if (value instanceof Uint8Array) return hexdump(value);
  if (value.kind === 'stack') return stackText(symbols, value, options.stackindent);
  return `  ${pad(symbolText(symbols, value), keyStringWidth, true)}`;
}

/** One- and two-byte keys print unsigned, wider ones signed, whatever their type says. */
export function keyText(field: Field, value: Value, printing: Printing): string {
  const { options, symbols } = printing;
  if (isInteger(value)) {
    const size = field.kind === 'integer' ? field.size : 8;
    const shown = size > 2 ? asSigned(value, size) : asUnsigned(value, size);
    return ` ${shown.toString().padStart(keyWidths[size])}`;
  }
  if (typeof value === 'string') {
    return options.rawbytes ? hexdump(stringBytes(value, options.strsize)) : stringKey(value);
  }
  if (value instanceof Uint8Array) {
    const text = options.rawbytes ? undefined : textInBytes(value);
    return text === undefined ? hexdump(value) : stringKey(text);
  }
  if (value.kind === 'stack') return stackText(symbols, value, options.stackindent);
  return stringKey(symbolText(symbols, value));
}

function stringKey(text: string): string {
  return `  ${pad(text, keyStringWidth, true)}`;
}

/** A string as it lies in memory: all the room it has, its end included. */
function stringBytes(text: string, strsize: number): Uint8Array {
  const bytes = Buffer.alloc(strsize + 1);
  bytes.write(text);
  return bytes;
}

function integerBytes(field: Field, value: Integer): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return bytes.subarray(0, field.kind === 'integer' ? field.size : 8);
}
