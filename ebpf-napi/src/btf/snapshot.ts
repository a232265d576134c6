/** What is built from a BTF blob at every start, and how it lies beside the blob in one file. */
export interface Indexes {
  readonly starts: Uint32Array;
  readonly kinds: Uint8Array;
  readonly heads: Uint32Array;
  readonly next: Uint32Array;
}

/** "BTFS" and the number of the format. */
const MAGIC = 0x53465442;
const FORMAT = 1;
/** Words of the header: magic, format, bytes of the blob, number of types, size of the hash table. */
const HEADER_WORDS = 5;

const align = (size: number): number => Math.ceil(size / 8) * 8;

interface Layout {
  readonly blob: number;
  readonly starts: number;
  readonly next: number;
  readonly heads: number;
  readonly kinds: number;
  readonly end: number;
}

function layout(blobBytes: number, types: number, buckets: number): Layout {
  const blob = align(HEADER_WORDS * 4);
  const starts = align(blob + blobBytes);
  const next = align(starts + types * 4);
  const heads = align(next + types * 4);
  const kinds = align(heads + buckets * 4);
  return { blob, starts, next, heads, kinds, end: kinds + types };
}

export function packSnapshot(blob: Uint8Array, { starts, kinds, heads, next }: Indexes): Uint8Array {
  const at = layout(blob.length, starts.length, heads.length);
  const bytes = new Uint8Array(at.end);
  new Uint32Array(bytes.buffer, 0, HEADER_WORDS).set([
    MAGIC,
    FORMAT,
    blob.length,
    starts.length,
    heads.length,
  ]);
  bytes.set(blob, at.blob);
  new Uint32Array(bytes.buffer, at.starts, starts.length).set(starts);
  new Uint32Array(bytes.buffer, at.next, next.length).set(next);
  new Uint32Array(bytes.buffer, at.heads, heads.length).set(heads);
  bytes.set(kinds, at.kinds);
  return bytes;
}

/** Undefined for what is no snapshot. The parts are views of `bytes`, which must start at a multiple of 8. */
export function unpackSnapshot(bytes: Uint8Array): { blob: Uint8Array; indexes: Indexes } | undefined {
  if (bytes.byteOffset % 8 !== 0 || bytes.length < HEADER_WORDS * 4) return undefined;
  const [magic, format, blobBytes = 0, types = 0, buckets = 0] = new Uint32Array(
    bytes.buffer,
    bytes.byteOffset,
    HEADER_WORDS,
  );
  if (magic !== MAGIC || format !== FORMAT) return undefined;
  const at = layout(blobBytes, types, buckets);
  if (at.end !== bytes.length) return undefined;
  const words = (from: number, count: number) =>
    new Uint32Array(bytes.buffer, bytes.byteOffset + from, count);
  return {
    blob: bytes.subarray(at.blob, at.blob + blobBytes),
    indexes: {
      starts: words(at.starts, types),
      next: words(at.next, types),
      heads: words(at.heads, buckets),
      kinds: bytes.subarray(at.kinds, at.kinds + types),
    },
  };
}
