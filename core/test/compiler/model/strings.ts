/** D's string functions over bytes (without the NUL): what compiled ones are compared with. */

import * as reference from '../reference/strings.js';
import { ClauseFault } from './machine.js';

export type Bytes = Buffer;
/** undefined: NULL, as thread-local variables and elements are before they are assigned. */
export type Text = Bytes | undefined;

/** NULL where a string is needed is a fault. */
export function present(text: Text): Bytes {
  if (text === undefined) throw new ClauseFault();
  return text;
}

/** NULL comes before every string. */
export function order(a: Text, b: Text): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return Buffer.compare(a, b);
}

export const bytes = (text: string): Bytes => Buffer.from(text, 'utf8');

/** As much of it as a string of `strsize` bytes holds. */
export const cut = (text: Bytes, strsize: number): Bytes => text.subarray(0, strsize - 1);

export const strjoin = (a: Bytes, b: Bytes, strsize: number): Bytes => cut(Buffer.concat([a, b]), strsize);

/** Without a length as much as a string can be, counted from the index: even one before the text. */
export function substr(text: Bytes, index: number, length: number): Bytes {
  let start = index;
  let rest = length;
  if (start < 0) {
    start += text.length;
    if (start < 0) {
      rest += start;
      start = 0;
      if (rest <= 0) return Buffer.alloc(0);
    }
  }
  if (start >= text.length) return Buffer.alloc(0);
  if (rest < 0) rest += text.length - start;
  return rest <= 0 ? Buffer.alloc(0) : text.subarray(start, start + rest);
}

export function basename(text: Bytes): Bytes {
  const path = text.toString('latin1');
  if (path === '') return bytes('.');
  const name = path.replace(/\/+$/, '').split('/').at(-1);
  return name === undefined || name === '' ? bytes('/') : Buffer.from(name, 'latin1');
}

export function lltostr(value: bigint, base = 10): Bytes {
  return bytes(base === 10 ? value.toString() : BigInt.asUintN(64, value).toString(base));
}

/** The reference works on texts of single bytes. */
const plain = (text: Bytes): string => text.toString('latin1');
const packed = (text: string): Bytes => Buffer.from(text, 'latin1');

export const changing: Readonly<Record<string, (text: Bytes) => Bytes>> = {
  basename,
  dirname: (text) => packed(reference.dirname(plain(text))),
  cleanpath: (text) => packed(reference.cleanpath(plain(text))),
  toupper: (text) => packed(reference.toupper(plain(text))),
  tolower: (text) => packed(reference.tolower(plain(text))),
};

const orNone = (text: string | null): Bytes | undefined => (text === null ? undefined : packed(text));

/** The rest of a text from what is searched on; undefined where it is not there. */
export const finding: Readonly<Record<string, (text: Bytes, what: Bytes) => Bytes | undefined>> = {
  strstr: (text, what) => orNone(reference.strstr(plain(text), plain(what))),
  strchr: (text, what) => orNone(reference.strchr(plain(text), plain(what).charAt(0))),
  strrchr: (text, what) => orNone(reference.strrchr(plain(text), plain(what).charAt(0))),
};

export const placing: Readonly<Record<string, (text: Bytes, what: Bytes) => number>> = {
  index: (text, what) => reference.index(plain(text), plain(what)),
  rindex: (text, what) => reference.rindex(plain(text), plain(what)),
};

export const strtoll = (text: Bytes): bigint => reference.strtoll(plain(text));
