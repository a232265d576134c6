/**
 * The file around an image: a mark, the version of the format, and sections, each with its checksum. All numbers are
 * little-endian and of 32 bits.
 *
 *     mark (8 bytes)  version  number of sections  checksum of the table
 *     table: for each section its name (4 bytes), offset in the file, length, checksum
 *     the sections
 */
import { ImageError } from '../image-error.js';
import { crc32 } from './crc.js';

/** Begins with a byte that no text has; the line ends show a transfer that changed them. */
const MARK = Buffer.from('\x89DTI\r\n\x1a\n', 'latin1');
/** Raised when old images can no longer be read, or new ones not by old readers. */
export const FORMAT_VERSION = 1;

const WORD = 4;
const HEADER = MARK.length + 3 * WORD;
const ROW = 4 * WORD;
const MOST_SECTIONS = 64;

export type Sections = ReadonlyMap<string, Uint8Array>;

export function writeContainer(sections: Sections): Buffer {
  const table = Buffer.alloc(sections.size * ROW);
  const parts: Uint8Array[] = [];
  let offset = HEADER + table.length;
  let row = 0;
  for (const [name, bytes] of sections) {
    table.write(name.padEnd(WORD).slice(0, WORD), row, 'latin1');
    table.writeUInt32LE(offset, row + WORD);
    table.writeUInt32LE(bytes.length, row + 2 * WORD);
    table.writeUInt32LE(crc32(bytes), row + 3 * WORD);
    parts.push(bytes);
    offset += bytes.length;
    row += ROW;
  }
  const header = Buffer.alloc(HEADER);
  MARK.copy(header);
  header.writeUInt32LE(FORMAT_VERSION, MARK.length);
  header.writeUInt32LE(sections.size, MARK.length + WORD);
  header.writeUInt32LE(crc32(table), MARK.length + 2 * WORD);
  return Buffer.concat([header, table, ...parts]);
}

const damaged = (what: string): ImageError => new ImageError(`the image is damaged: ${what}`);

/** Throws an `ImageError` for anything that `writeContainer` did not write. */
export function readContainer(file: Uint8Array): Sections {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (!bytes.subarray(0, MARK.length).equals(MARK)) throw new ImageError('it is no image of a D program');
  if (bytes.length < HEADER) throw damaged('it ends in its header');
  const version = bytes.readUInt32LE(MARK.length);
  if (version !== FORMAT_VERSION)
    throw new ImageError(`the image has format ${version}, and this dtrace reads format ${FORMAT_VERSION}`);
  const count = bytes.readUInt32LE(MARK.length + WORD);
  if (count > MOST_SECTIONS || bytes.length < HEADER + count * ROW) throw damaged('its table is cut off');
  const table = bytes.subarray(HEADER, HEADER + count * ROW);
  if (crc32(table) !== bytes.readUInt32LE(MARK.length + 2 * WORD)) throw damaged('its table is wrong');
  const sections = new Map<string, Uint8Array>();
  for (let row = 0; row < table.length; row += ROW) {
    const name = table.toString('latin1', row, row + WORD).trimEnd();
    const offset = table.readUInt32LE(row + WORD);
    const length = table.readUInt32LE(row + 2 * WORD);
    const section = bytes.subarray(offset, offset + length);
    if (section.length !== length) throw damaged(`section ${name} is cut off`);
    if (crc32(section) !== table.readUInt32LE(row + 3 * WORD)) throw damaged(`section ${name} is wrong`);
    sections.set(name, section);
  }
  return sections;
}
