/** Integers as C's printf prints them. */
import type { Integer } from '../values.js';
import { pad } from './pad.js';

export interface IntegerStyle {
  readonly radix: 8 | 10 | 16;
  readonly upper: boolean;
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly left: boolean;
  /** `+` or ` ` before what is not negative, or nothing. */
  readonly plus: string;
}

export const plainDecimal: IntegerStyle = {
  radix: 10,
  upper: false,
  alternate: false,
  zero: false,
  left: false,
  plus: '',
};

/** A precision of 0 counts as none, as DTrace has it. */
export function formatInteger(value: Integer, style: IntegerStyle, width: number, precision: number): string {
  const negative = value < 0;
  let digits = (negative ? -value : value).toString(style.radix);
  if (style.upper) digits = digits.toUpperCase();
  if (precision > digits.length) digits = digits.padStart(precision, '0');
  const prefix = (negative ? '-' : style.plus) + alternatePrefix(style, digits);
  if (style.zero && !style.left && precision <= 0) {
    digits = digits.padStart(width - prefix.length, '0');
  }
  return pad(prefix + digits, width, style.left);
}

function alternatePrefix(style: IntegerStyle, digits: string): string {
  if (!style.alternate || style.radix === 10) return '';
  if (style.radix === 8) return digits.startsWith('0') ? '' : '0';
  if (/^0+$/.test(digits)) return '';
  return style.upper ? '0X' : '0x';
}
