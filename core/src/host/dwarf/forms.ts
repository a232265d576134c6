import type { Cursor } from '../unwind/cursor.js';
import { FORM } from './constants.js';

/** How the sizes in a unit are chosen. */
export interface Sizes {
  /** Of offsets into sections: 4, or 8 in the 64-bit format. */
  readonly offset: 4 | 8;
  readonly version: number;
}

type Read = (cursor: Cursor, sizes: Sizes) => number;

const offset: Read = (cursor, sizes) => (sizes.offset === 8 ? cursor.u64() : cursor.u32());
const u24: Read = (cursor) => cursor.u16() + cursor.u8() * 2 ** 16;
const uleb: Read = (cursor) => cursor.uleb();

/** What has a length: its value is where it starts. */
const block =
  (length: Read): Read =>
  (cursor, sizes) => {
    const bytes = length(cursor, sizes);
    const start = cursor.at;
    cursor.at += bytes;
    return start;
  };

const READ: Readonly<Record<number, Read>> = {
  [FORM.addr]: (cursor) => cursor.u64(),
  [FORM.block1]: block((cursor) => cursor.u8()),
  [FORM.block2]: block((cursor) => cursor.u16()),
  [FORM.block4]: block((cursor) => cursor.u32()),
  [FORM.block]: block(uleb),
  [FORM.exprloc]: block(uleb),
  [FORM.data1]: (cursor) => cursor.u8(),
  [FORM.data2]: (cursor) => cursor.u16(),
  [FORM.data4]: (cursor) => cursor.u32(),
  [FORM.data8]: (cursor) => cursor.u64(),
  [FORM.data16]: block(() => 16),
  [FORM.sdata]: (cursor) => cursor.sleb(),
  [FORM.udata]: uleb,
  [FORM.string]: (cursor) => {
    const start = cursor.at;
    while (cursor.u8() !== 0);
    return start;
  },
  [FORM.strp]: offset,
  [FORM.lineStrp]: offset,
  [FORM.strpSup]: offset,
  [FORM.gnuStrpAlt]: offset,
  [FORM.secOffset]: offset,
  [FORM.flag]: (cursor) => cursor.u8(),
  [FORM.flagPresent]: () => 1,
  // An address in DWARF 2.
  [FORM.refAddr]: (cursor, sizes) => (sizes.version <= 2 ? cursor.u64() : offset(cursor, sizes)),
  [FORM.gnuRefAlt]: offset,
  [FORM.ref1]: (cursor) => cursor.u8(),
  [FORM.ref2]: (cursor) => cursor.u16(),
  [FORM.ref4]: (cursor) => cursor.u32(),
  [FORM.ref8]: (cursor) => cursor.u64(),
  [FORM.refUdata]: uleb,
  [FORM.refSig8]: (cursor) => cursor.u64(),
  [FORM.refSup4]: (cursor) => cursor.u32(),
  [FORM.refSup8]: (cursor) => cursor.u64(),
  [FORM.strx]: uleb,
  [FORM.strx1]: (cursor) => cursor.u8(),
  [FORM.strx2]: (cursor) => cursor.u16(),
  [FORM.strx3]: u24,
  [FORM.strx4]: (cursor) => cursor.u32(),
  [FORM.addrx]: uleb,
  [FORM.addrx1]: (cursor) => cursor.u8(),
  [FORM.addrx2]: (cursor) => cursor.u16(),
  [FORM.addrx3]: u24,
  [FORM.addrx4]: (cursor) => cursor.u32(),
  [FORM.loclistx]: uleb,
  [FORM.rnglistx]: uleb,
};

export class DwarfError extends Error {
  override readonly name = 'DwarfError';
}

/** A value as it is stored: a number, or where in the unit the bytes of what is none begin. */
export function readForm(form: number, cursor: Cursor, sizes: Sizes): number {
  const read = READ[form];
  if (read === undefined) throw new DwarfError(`unknown form 0x${form.toString(16)}`);
  return read(cursor, sizes);
}
