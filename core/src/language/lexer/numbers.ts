/** Integer constants: decimal, octal, hexadecimal, with C's suffixes. Floats are only recognised. */
import type { Token } from './tokens.js';

/** Everything that can belong to one number, so that `0128` or `12abc` is one mistake and not two tokens. */
const numberShape =
  /0[xX][\da-zA-Z_]*|(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?[flFL]?|\d+[eE][+-]?\d+[flFL]?|\d[\w]*/y;
const integerShape = /^(0[xX][\da-fA-F]+|\d+)([uU]?[lL]{0,2}|[lL]{1,2}[uU])$/;
const largest = 0xffff_ffff_ffff_ffffn;

export type NumberProblem =
  | { readonly id: 'lexer.integer-digit'; readonly values: { text: string; digit: string } }
  | { readonly id: 'lexer.integer-range' | 'lexer.integer-suffix'; readonly values: { text: string } };

export interface NumberResult {
  readonly token: Token;
  readonly problem?: NumberProblem;
}

export function readNumber(source: string, start: number): NumberResult {
  numberShape.lastIndex = start;
  const text = numberShape.exec(source)?.[0] ?? source.charAt(start);
  const end = start + text.length;
  const shape = integerShape.exec(text);
  if (!shape) {
    const hexadecimal = /^0[xX]/.test(text);
    if (!hexadecimal && /^[\d.]+(?:[eE][+-]?\d+)?[flFL]?$/.test(text))
      return { token: { kind: 'real', start, end, text } };
    const token: Token = { kind: 'bad', start, end, text };
    return { token, problem: { id: 'lexer.integer-suffix', values: { text } } };
  }
  const digits = shape[1] ?? '0';
  const suffix = normalSuffix(shape[2] ?? '');
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
