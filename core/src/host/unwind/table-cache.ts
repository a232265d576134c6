import { keepOneOf, readOneOf } from '../kept-files.js';
import type { UnwindTable } from './table.js';

/** Raised when tables of the same file come out another way. */
const FORMAT = 1;
/** Fewer rows are made faster than a file is read. */
const LEAST_ROWS = 1000;
/** Of files that were replaced since, nobody asks again. */
const MOST_TABLES = 1000;
const HEADER = 8;

const align8 = (size: number): number => Math.ceil(size / 8) * 8;

type Head = Pick<UnwindTable, 'segments' | 'base' | 'distinct'> & { readonly rows: number };

/** A table kept on disk; undefined where there is none that can be used. */
export function loadTable(path: string): UnwindTable | undefined {
  const bytes = readOneOf(path);
  if (bytes === undefined) return undefined;
  try {
    if (bytes.readUInt32LE(0) !== FORMAT) return undefined;
    const size = bytes.readUInt32LE(4);
    const { rows, ...head } = JSON.parse(bytes.toString('utf8', HEADER, HEADER + size)) as Head;
    const start = align8(HEADER + size);
    if (bytes.length !== start + rows * 6) return undefined;
    const data = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length);
    return { ...head, pcs: new Uint32Array(data, 0, rows), rules: new Uint16Array(data, rows * 4, rows) };
  } catch {
    return undefined;
  }
}

/** Keeps a table, if that pays. */
export function saveTable(path: string, { segments, base, distinct, pcs, rules }: UnwindTable): void {
  if (pcs.length < LEAST_ROWS) return;
  const head: Head = { segments, base, distinct, rows: pcs.length };
  const text = Buffer.from(JSON.stringify(head));
  const start = align8(HEADER + text.length);
  const bytes = Buffer.alloc(start + pcs.length * 6);
  bytes.writeUInt32LE(FORMAT, 0);
  bytes.writeUInt32LE(text.length, 4);
  text.copy(bytes, HEADER);
  bytes.set(new Uint8Array(pcs.buffer, pcs.byteOffset, pcs.byteLength), start);
  bytes.set(new Uint8Array(rules.buffer, rules.byteOffset, rules.byteLength), start + pcs.byteLength);
  keepOneOf(path, bytes, '', MOST_TABLES);
}
