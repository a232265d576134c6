/** Reads .eh_frame: which stretches of code there are, and the program that describes each. */
import { Cursor } from './cursor.js';

/** Common to many functions. */
export interface CommonInfo {
  readonly codeAlign: number;
  readonly dataAlign: number;
  readonly returnAddress: number;
  readonly pointers: number;
  /** Augmentation data come before the program. */
  readonly augmented: boolean;
  readonly signal: boolean;
  /** First and last byte of its program. */
  readonly start: number;
  readonly end: number;
}

/** One function. */
export interface FrameInfo {
  readonly common: CommonInfo;
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
}

const LENGTH_64 = 0xffff_ffff;
const ABSOLUTE = 0;

/** Calls `each` for every function; information of a form nobody writes is passed over. */
export function readFrames(bytes: Uint8Array, address: number, each: (frame: FrameInfo) => void): void {
  const commons = new Map<number, CommonInfo | undefined>();
  const cursor = new Cursor(bytes, address);
  while (cursor.at + 4 <= bytes.length) {
    const start = cursor.at;
    let length = cursor.u32();
    if (length === 0) return;
    if (length === LENGTH_64) length = cursor.u64();
    const end = cursor.at + length;
    if (end > bytes.length) return;
    const idAt = cursor.at;
    const id = cursor.u32();
    if (id === 0) commons.set(start, readCommon(cursor, end));
    else {
      const common = commons.get(idAt - id);
      const frame = common && readFrame(cursor, common, end);
      if (frame) each(frame);
    }
    cursor.at = end;
  }
}

function readCommon(cursor: Cursor, end: number): CommonInfo | undefined {
  const version = cursor.u8();
  const augmentation = cursor.text();
  if (augmentation !== '' && !augmentation.startsWith('z')) return undefined;
  const codeAlign = cursor.uleb();
  const dataAlign = cursor.sleb();
  const returnAddress = version === 1 ? cursor.u8() : cursor.uleb();
  let pointers: number = ABSOLUTE;
  let signal = false;
  if (augmentation !== '') {
    const size = cursor.uleb();
    const start = cursor.at + size;
    for (const letter of augmentation.slice(1)) {
      if (letter === 'R') pointers = cursor.u8();
      else if (letter === 'L') cursor.u8();
      else if (letter === 'P') cursor.pointer(cursor.u8());
      else if (letter === 'S') signal = true;
    }
    cursor.at = start;
  }
  const augmented = augmentation !== '';
  return { codeAlign, dataAlign, returnAddress, pointers, augmented, signal, start: cursor.at, end };
}

function readFrame(cursor: Cursor, common: CommonInfo, end: number): FrameInfo | undefined {
  const from = cursor.pointer(common.pointers);
  const size = cursor.length(common.pointers);
  if (from === undefined || size === undefined || size <= 0) return undefined;
  if (common.augmented) {
    const more = cursor.uleb();
    cursor.at += more;
  }
  return { common, from, to: from + size, start: cursor.at, end };
}
