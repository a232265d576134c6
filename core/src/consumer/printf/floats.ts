/** Floating point numbers as C's printf prints them. */
import { pad } from './pad.js';

export interface FloatStyle {
  readonly letter: 'e' | 'E' | 'f' | 'g' | 'G';
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly left: boolean;
  readonly plus: string;
}

const defaultPrecision = 6;

export function formatFloat(value: number, style: FloatStyle, width: number, precision: number): string {
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? '-' : style.plus;
  const magnitude = Math.abs(value);
  const digits = precision > 0 ? Math.min(precision, 100) : defaultPrecision;
  if (!Number.isFinite(value)) return pad(sign + (Number.isNaN(value) ? 'nan' : 'inf'), width, style.left);
  let text = bodies[style.letter](magnitude, digits, style.alternate);
  if (style.zero && !style.left) text = text.padStart(width - sign.length, '0');
  return pad(sign + text, width, style.left);
}

type Body = (magnitude: number, digits: number, alternate: boolean) => string;

const bodies: Readonly<Record<FloatStyle['letter'], Body>> = {
  e: (magnitude, digits) => exponential(magnitude, digits),
  E: (magnitude, digits) => exponential(magnitude, digits).toUpperCase(),
  f: fixed,
  g: general,
  G: (magnitude, digits, alternate) => general(magnitude, digits, alternate).toUpperCase(),
};

/** toFixed() changes to exponents at 1e21, where doubles are whole numbers anyway. */
function fixed(magnitude: number, digits: number): string {
  return magnitude < 1e21 ? magnitude.toFixed(digits) : `${BigInt(magnitude)}.${'0'.repeat(digits)}`;
}

function exponential(magnitude: number, digits: number): string {
  return magnitude.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
}

function general(magnitude: number, digits: number, alternate: boolean): string {
  const rounded = magnitude.toExponential(digits - 1);
  const exponent = Number(rounded.slice(rounded.indexOf('e') + 1));
  const short = exponent >= -4 && exponent < digits;
  const text = short ? fixed(magnitude, digits - 1 - exponent) : exponential(magnitude, digits - 1);
  if (alternate) return text;
  return text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');
}
