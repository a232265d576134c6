import { type BtfTypeInit, encodeType } from './encode.js';
import { BTF_MAGIC, BTF_VERSION, HEADER_BYTES } from './kinds.js';
import type { Btf } from './reader.js';

const encoder = new TextEncoder();

/**
 * Writes BTF, little endian. Types get ids in the order they are added, so a type may refer to one that comes
 * later; nothing checks that the ids it refers to exist. Equal strings are stored once.
 */
export class BtfBuilder {
  readonly #firstId: number;
  readonly #words: number[] = [];
  readonly #offsets = new Map<string, number>([['', 0]]);
  readonly #strings: Uint8Array[] = [];
  #stringEnd: number;
  readonly #stringStart: number;
  #count = 0;

  /** With a `base`, ids and strings continue the base's, and the result is read with `new Btf(blob, base)`. */
  constructor(base?: Btf) {
    this.#firstId = base?.endId ?? 1;
    this.#stringStart = base?.stringEnd ?? 0;
    this.#stringEnd = this.#stringStart;
    if (base === undefined) this.#append('');
  }

  /** The id that the next `add` gives. */
  get nextId(): number {
    return this.#firstId + this.#count;
  }

  /** Adds a type and returns its id. Throws `RangeError` when a field does not fit the encoding. */
  add(type: BtfTypeInit): number {
    const id = this.nextId;
    for (const word of encodeType(type, (text) => this.string(text))) this.#words.push(word);
    this.#count++;
    return id;
  }

  /** Adds an integer that uses all of its bits. */
  int(name: string, size: number, signed = false): number {
    return this.add({
      kind: 'int',
      name,
      size,
      bits: size * 8,
      bitOffset: 0,
      signed,
      char: false,
      bool: false,
    });
  }

  /** Adds a pointer to `type`; 0 for `void *`. */
  ptr(type: number): number {
    return this.add({ kind: 'ptr', name: '', type });
  }

  /** Offset of a string, which is added unless it is there. Throws `RangeError` for a string with a zero byte. */
  string(text: string): number {
    return this.#offsets.get(text) ?? this.#append(text);
  }

  build(): Uint8Array {
    const typeBytes = this.#words.length * 4;
    const stringBytes = this.#stringEnd - this.#stringStart;
    const blob = new Uint8Array(HEADER_BYTES + typeBytes + stringBytes);
    const view = new DataView(blob.buffer);
    view.setUint16(0, BTF_MAGIC, true);
    view.setUint8(2, BTF_VERSION);
    // Offsets count from the end of the header: types at 0, strings right after them.
    [HEADER_BYTES, 0, typeBytes, typeBytes, stringBytes].forEach((n, i) => {
      view.setUint32(4 + i * 4, n, true);
    });
    this.#words.forEach((word, i) => {
      view.setUint32(HEADER_BYTES + i * 4, word, true);
    });
    let at = HEADER_BYTES + typeBytes;
    for (const bytes of this.#strings) {
      blob.set(bytes, at);
      at += bytes.byteLength;
    }
    return blob;
  }

  #append(text: string): number {
    if (text.includes('\0')) throw new RangeError(`BTF string ${JSON.stringify(text)} contains a zero byte`);
    const bytes = encoder.encode(`${text}\0`);
    const offset = this.#stringEnd;
    this.#strings.push(bytes);
    this.#stringEnd += bytes.byteLength;
    this.#offsets.set(text, offset);
    return offset;
  }
}
