/** One conversion of a format made into a function from a value to its text. */
import type { Field } from '../../compiler/image.js';
import type { Conversion } from '../../language/printf-format.js';
import type { ConsumerOptions } from '../options.js';
import { addressText, type SymbolResolver, stackText, symbolText } from '../symbols.js';
import { asSigned, asUnsigned, type Integer, isInteger, type Value } from '../values.js';
import { escapeByte, escapeText } from './escape.js';
import { type FloatStyle, formatFloat } from './floats.js';
import { formatInteger, type IntegerStyle } from './integers.js';
import { cut, pad } from './pad.js';
import { calendarTime, mailTime } from './times.js';

/** What printing needs beside the values. */
export interface Printing {
  readonly symbols: SymbolResolver;
  readonly options: ConsumerOptions;
}

/** A negative width stands for left alignment in that width. Precision 0: none. */
export type Convert = (value: Value, width: number, precision: number) => string;

/** How the value lies in memory, as far as it changes what is printed. */
export interface Shape {
  readonly size: number;
  readonly signed: boolean;
}

type Maker = (conversion: Conversion, shape: Shape, printing: Printing) => Convert;

export function converter(conversion: Conversion, shape: Shape, printing: Printing): Convert {
  const letters = conversion.name.replace(/^(hh?|ll?|L)(?=[a-zA-Z])(?![cs])/, '');
  const maker = makers[letters] ?? integer(10, 'own');
  return maker(conversion, shape, printing);
}

export function shapeOf(field: Field | undefined): Shape {
  return field?.kind === 'integer' ? field : { size: 8, signed: false };
}

const makers: Readonly<Record<string, Maker>> = {
  d: integer(10, 'own'),
  i: integer(10, 'own'),
  u: integer(10, 'unsigned'),
  o: integer(8, 'unsigned'),
  x: integer(16, 'unsigned'),
  X: integer(16, 'unsigned', true),
  p: integer(16, 'unsigned'),
  c: text((value) => String.fromCharCode(Number(numeric(value)) & 0xff)),
  lc: text((value) => wideCharacter(Number(numeric(value)))),
  wc: text((value) => wideCharacter(Number(numeric(value)))),
  C: text((value) => escapeByte(Number(BigInt.asUintN(8, BigInt(numeric(value)))))),
  s: text(plainText, true),
  S: text((value, printing) => escapeText(plainText(value, printing)), true),
  ls: text(wideText, true),
  ws: text(wideText, true),
  a: text(kernelAddress),
  A: text(userAddress),
  I: text((value, printing) => {
    const address = plainText(value, printing);
    return printing.symbols.host?.(address) ?? address;
  }),
  P: text((value, { symbols }) => {
    const port = Number(asUnsigned(numeric(value), 2));
    return symbols.service?.(port) ?? String(port);
  }),
  Y: text((value) => calendarTime(numeric(value))),
  T: text((value) => mailTime(numeric(value))),
  k: stack,
  e: float('e'),
  E: float('E'),
  f: float('f'),
  g: float('g'),
  G: float('G'),
};

/** `own`: %d of an unsigned type prints it unsigned, unless a size prefix says what to take it for. */
function integer(radix: IntegerStyle['radix'], signedness: 'own' | 'unsigned', upper = false): Maker {
  return ({ name, flags }, { size, signed }) => {
    const asSignedValue = signedness === 'own' && (signed || name.length > 1);
    const style: IntegerStyle = {
      radix,
      upper,
      alternate: flags.alternate,
      zero: flags.zero,
      left: flags.left,
      plus: !asSignedValue ? '' : flags.plus ? '+' : flags.space ? ' ' : '',
    };
    const read = asSignedValue ? asSigned : asUnsigned;
    return (value, width, precision) => {
      const number = read(numeric(value), size);
      return width < 0
        ? formatInteger(number, { ...style, left: true }, -width, precision)
        : formatInteger(number, style, width, precision);
    };
  };
}

function text(show: (value: Value, printing: Printing) => string, cuts = false): Maker {
  return ({ flags: { left } }, _shape, printing) =>
    (value, width, precision) => {
      const whole = show(value, printing);
      return pad(cuts ? cut(whole, precision) : whole, Math.abs(width), left || width < 0);
    };
}

function float(letter: FloatStyle['letter']): Maker {
  return ({ flags }) => {
    const style: FloatStyle = {
      letter,
      alternate: flags.alternate,
      zero: flags.zero,
      left: flags.left,
      plus: flags.plus ? '+' : flags.space ? ' ' : '',
    };
    return (value, width, precision) =>
      formatFloat(floating(value), width < 0 ? { ...style, left: true } : style, Math.abs(width), precision);
  };
}

/** Left-aligned, the width is the indentation of the frames; otherwise it is each frame's own width. */
function stack(conversion: Conversion, _shape: Shape, { symbols }: Printing): Convert {
  return (value, width, precision) => {
    if (typeof value !== 'object' || !('frames' in value)) return '';
    const left = conversion.flags.left || width < 0;
    const frame = (name: string): string => pad(cut(name, precision), left ? 0 : width, false);
    return stackText(symbols, value, left ? Math.abs(width) : 0, frame);
  };
}

function numeric(value: Value): Integer {
  if (isInteger(value)) return value;
  return typeof value === 'object' && 'address' in value ? value.address : 0;
}

function floating(value: Value): number {
  if (!(value instanceof Uint8Array)) return Number(numeric(value));
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  if (value.length === 4) return view.getFloat32(0, true);
  return value.length >= 8 ? view.getFloat64(0, true) : 0;
}

function plainText(value: Value, { symbols }: Printing): string {
  if (typeof value === 'string') return value;
  if (isInteger(value)) return value.toString();
  if (value instanceof Uint8Array) return bytesText(value);
  return value.kind === 'symbol' ? symbolText(symbols, value) : '';
}

function bytesText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8');
}

function wideText(value: Value, printing: Printing): string {
  if (!(value instanceof Uint8Array)) return plainText(value, printing);
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  let shown = '';
  for (let at = 0; at + 4 <= value.length; at += 4) {
    const character = view.getUint32(at, true);
    if (character === 0) break;
    shown += wideCharacter(character);
  }
  return shown;
}

function wideCharacter(code: number): string {
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}

function kernelAddress(value: Value, { symbols }: Printing): string {
  if (isInteger(value)) return addressText(symbols, BigInt.asUintN(64, BigInt(value)));
  if (typeof value !== 'object' || !('address' in value)) return '';
  return value.display === 'module'
    ? symbolText(symbols, value)
    : addressText(symbols, value.address, value.tgid);
}

function userAddress(value: Value, printing: Printing): string {
  return isInteger(value)
    ? addressText(printing.symbols, BigInt.asUintN(64, BigInt(value)), printing.options.target)
    : kernelAddress(value, printing);
}
