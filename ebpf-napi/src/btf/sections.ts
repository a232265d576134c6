import { endianness } from 'node:os';
import { BtfError } from './error.js';
import { BTF_MAGIC, BTF_VERSION, HEADER_BYTES } from './kinds.js';

/** The two sections of a BTF blob. */
export interface Sections {
  /** The type section as 32-bit words in this machine's byte order. */
  readonly words: Uint32Array;
  /** Strings one after the other, each ended by a zero byte; the first is the empty string, except in split BTF. */
  readonly strings: Uint8Array;
}

/** A section's bytes; `offset` counts from the end of the header. */
function slice(blob: Uint8Array, header: number, offset: number, length: number, what: string): Uint8Array {
  const start = header + offset;
  if (start + length > blob.byteLength) {
    throw new BtfError(`BTF ${what} section ends at byte ${start + length} of ${blob.byteLength}`);
  }
  return blob.subarray(start, start + length);
}

/** Views the bytes as words in place where alignment and byte order allow, else in a copy. */
function toWords(bytes: Uint8Array, little: boolean): Uint32Array {
  const native = little === (endianness() === 'LE');
  const count = bytes.byteLength / 4;
  if (native && bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  const copy = Buffer.from(new Uint8Array(bytes).buffer);
  if (!native) copy.swap32();
  return new Uint32Array(copy.buffer, 0, count);
}

/** Parses the header and bounds both sections. The blob must not be changed afterwards. Throws `BtfError`. */
export function parseSections(blob: Uint8Array): Sections {
  if (blob.byteLength < HEADER_BYTES) {
    throw new BtfError(`BTF of ${blob.byteLength} bytes is shorter than its ${HEADER_BYTES}-byte header`);
  }
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const little = view.getUint16(0, true) === BTF_MAGIC;
  if (!little && view.getUint16(0, false) !== BTF_MAGIC) {
    throw new BtfError(`not BTF: magic is 0x${view.getUint16(0, true).toString(16)}`);
  }
  const version = view.getUint8(2);
  if (version !== BTF_VERSION) throw new BtfError(`BTF version ${version} is not supported`);
  const header = view.getUint32(4, little);
  if (header < HEADER_BYTES || header > blob.byteLength)
    throw new BtfError(`BTF header length ${header} is invalid`);
  const field = (at: number): number => view.getUint32(at, little);
  const types = slice(blob, header, field(8), field(12), 'type');
  const strings = slice(blob, header, field(16), field(20), 'string');
  if (types.byteLength % 4 !== 0)
    throw new BtfError(`BTF type section of ${types.byteLength} bytes is not whole words`);
  if (strings.byteLength > 0 && strings[strings.byteLength - 1] !== 0) {
    throw new BtfError('BTF string section does not end in a zero byte');
  }
  return { words: toWords(types, little), strings };
}
