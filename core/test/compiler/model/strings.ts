/** D's string functions over bytes (without the NUL): what compiled ones are compared with. */

export type Bytes = Buffer;
/** undefined: NULL, as thread-local variables and elements are before they are assigned. */
export type Text = Bytes | undefined;

/** NULL was used where a string is needed. */
export class NullString extends Error {}

export function present(text: Text): Bytes {
  if (text === undefined) throw new NullString();
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
