/** Integer constants: decimal, octal, hexadecimal, with C's suffixes. Floats are only recognised. */
import type { Token } from './tokens.js';

const realShape = /(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?[flFL]?|\d+[eE][+-]?\d+[flFL]?/y;
/** What follows without a blank is a token of its own, at which the parser stops. */
const integerShape = /(0[xX][\da-fA-F]+|\d+)([lL]{1,2}[uU](?!\w)|[uU]?[lL]{0,2})/y;
const largest = 0xffff_ffff_ffff_ffffn;

export type NumberProblem =
  | { readonly id: 'lexer.integer-digit'; readonly values: { text: string; digit: string } }
  | { readonly id: 'lexer.integer-range'; readonly values: { text: string } };

export interface NumberResult {
  readonly token: Token;
  readonly problem?: NumberProblem;
}

export function readNumber(source: string, start: number): NumberResult {
  realShape.lastIndex = start;
  const real = realShape.exec(source)?.[0];
  if (real !== undefined) return { token: { kind: 'real', start, end: start + real.length, text: real } };
  integerShape.lastIndex = start;
  const shape = integerShape.exec(source);
  const text = shape?.[0] ?? source.charAt(start);
  const end = start + text.length;
  const digits = shape?.[1] ?? '0';
  const suffix = normalSuffix(shape?.[2] ?? '');
  const octal = digits.length > 1 && /^0\d/.test(digits);
  const badDigit = octal ? /[89]/.exec(digits)?.[0] : undefined;
  const decimal = !octal && !/^0[xX]/.test(digits);
  if (badDigit !== undefined) {
    const token: Token = { kind: 'integer', start, end, text, value: 0n, suffix, decimal };
    return { token, problem: { id: 'lexer.integer-digit', values: { text, digit: badDigit } } };
  }
  const value = digits.length > 400 ? largest + 1n : BigInt(octal ? `0o${digits.slice(1)}` : digits);
  const token: Token = { kind: 'integer', start, end, text, value: value & largest, suffix, decimal };
  return value > largest ? { token, problem: { id: 'lexer.integer-range', values: { text } } } : { token };
}

/** `LU` means `ul`: u first, as the tree has it. */
function normalSuffix(suffix: string): string {
  const lower = suffix.toLowerCase();
  return lower.endsWith('u') && lower.length > 1 ? `u${lower.slice(0, -1)}` : lower;
}
