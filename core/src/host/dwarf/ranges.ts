import { Cursor } from '../unwind/cursor.js';
import { AT, FORM } from './constants.js';
import type { Entry } from './unit.js';

/** Addresses from `low` to before `high`. */
export interface AddressRange {
  readonly low: number;
  readonly high: number;
}

const WORD = 8;
/** In .debug_ranges: what follows counts from another address. */
const BASE_SELECTION = 2 ** 64;

const LIST = {
  end: 0,
  baseIndex: 1,
  startIndexEndIndex: 2,
  startIndexLength: 3,
  offsetPair: 4,
  base: 5,
  startEnd: 6,
  startLength: 7,
} as const;

/** The code that a unit or a function is; a function's own start comes first. */
export function rangesOf(entry: Entry): readonly AddressRange[] {
  const { unit } = entry;
  const low = unit.address(entry, AT.lowPc);
  const found = entry.attributes.get(AT.ranges);
  if (found !== undefined) {
    const base = unit.address(unit.root, AT.lowPc) ?? 0;
    return unit.header.version >= 5
      ? [...readLists(entry, listOffset(entry, found), base)]
      : [...readRanges(unit.sections.all('.debug_ranges'), found.value, base)];
  }
  if (low === undefined) return [];
  const high = unit.isAddress(entry, AT.highPc)
    ? unit.address(entry, AT.highPc)
    : low + (unit.number(entry, AT.highPc) ?? 0);
  return high === undefined || high <= low ? [] : [{ low, high }];
}

function listOffset({ unit }: Entry, { form, value }: { form: number; value: number }): number {
  if (form !== FORM.rnglistx) return value;
  const base = unit.number(unit.root, AT.rnglistsBase) ?? 0;
  const { offset } = unit.header;
  const table = unit.sections.all('.debug_rnglists');
  const at = base + value * offset;
  return base + (offset === 8 ? Number(table.readBigUInt64LE(at)) : table.readUInt32LE(at));
}

function* readRanges(section: Buffer, start: number, from: number): Generator<AddressRange> {
  let base = from;
  for (let at = start; at + 2 * WORD <= section.length; at += 2 * WORD) {
    const low = Number(section.readBigUInt64LE(at));
    const high = Number(section.readBigUInt64LE(at + WORD));
    if (low === 0 && high === 0) return;
    if (low === BASE_SELECTION) base = high;
    else if (high > low) yield { low: base + low, high: base + high };
  }
}

function* readLists({ unit }: Entry, start: number, from: number): Generator<AddressRange> {
  const cursor = new Cursor(unit.sections.all('.debug_rnglists'), 0, start);
  const indexed = () => unit.addressAt(cursor.uleb());
  let base = from;
  for (;;) {
    const range = readEntry(cursor, indexed, base);
    if (range === undefined) return;
    if (typeof range === 'number') base = range;
    else if (range.high > range.low) yield range;
  }
}

/** A range; or the address that those after it count from. */
function readEntry(cursor: Cursor, indexed: () => number, base: number): AddressRange | number | undefined {
  switch (cursor.u8()) {
    case LIST.baseIndex:
      return indexed();
    case LIST.startIndexEndIndex:
      return { low: indexed(), high: indexed() };
    case LIST.startIndexLength:
      return lengthened(indexed(), cursor.uleb());
    case LIST.offsetPair:
      return { low: base + cursor.uleb(), high: base + cursor.uleb() };
    case LIST.base:
      return cursor.u64();
    case LIST.startEnd:
      return { low: cursor.u64(), high: cursor.u64() };
    case LIST.startLength:
      return lengthened(cursor.u64(), cursor.uleb());
    default:
      return undefined;
  }
}

const lengthened = (low: number, length: number): AddressRange => ({ low, high: low + length });
