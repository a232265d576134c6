import { isAscii } from 'node:buffer';
import { BtfError } from './error.js';

/** FNV-1a, which is short and spreads C identifiers well. */
const SEED = 0x811c9dc5;
const PRIME = 0x01000193;

/** Strings read one by one before the whole table is converted, which pays for listings and not for look-ups. */
const BULK_AFTER = 500;

/** Hash of a name; equal to `StringTable.hash` of its offset. */
export function hashName(name: Uint8Array): number {
  let hash = SEED;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name[i]!, PRIME);
  return hash >>> 0;
}

/**
 * Strings by offset. In split BTF, offsets below the base's length mean the base's strings. Comparing and
 * hashing work on bytes, because most of a kernel's 60,000 names are never needed as JavaScript strings.
 * All methods throw `BtfError` for an offset outside the table.
 */
export class StringTable {
  /** One past the highest offset. */
  readonly end: number;
  readonly #start: number;
  readonly #bytes: Buffer;
  readonly #base: StringTable | undefined;
  /** All of `#bytes` as one string, once it is worth it; characters and bytes correspond as it is ASCII only. */
  #text: string | undefined;
  #reads = 0;

  constructor(bytes: Uint8Array, base?: StringTable) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
    this.#start = base?.end ?? 0;
    this.end = this.#start + bytes.byteLength;
  }

  at(offset: number): string {
    if (offset < this.#start) return this.#base!.at(offset);
    const from = this.#local(offset);
    const bytes = this.#bytes;
    if (++this.#reads === BULK_AFTER && isAscii(bytes)) this.#text = bytes.toString('latin1');
    const text = this.#text;
    if (text !== undefined) return text.slice(from, text.indexOf('\0', from));
    return bytes.toString('utf8', from, bytes.indexOf(0, from));
  }

  hash(offset: number): number {
    if (offset < this.#start) return this.#base!.hash(offset);
    const bytes = this.#bytes;
    let hash = SEED;
    for (let i = this.#local(offset), byte = bytes[i]!; byte !== 0; byte = bytes[++i]!) {
      hash = Math.imul(hash ^ byte, PRIME);
    }
    return hash >>> 0;
  }

  equals(offset: number, name: Uint8Array): boolean {
    if (offset < this.#start) return this.#base!.equals(offset, name);
    const from = this.#local(offset);
    const bytes = this.#bytes;
    for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return false;
    return bytes[from + name.length] === 0;
  }

  /** The section ends in a zero byte, so a scan from a valid offset always stops inside it. */
  #local(offset: number): number {
    // The empty name is valid even where there are no strings at all.
    if (offset >= this.end) throw new BtfError(`BTF string offset ${offset} is outside 0..${this.end - 1}`);
    return offset - this.#start;
  }
}
