import type { CodeFile } from '@dtrace/core/provider';

/** A probe that a program was built with, as SystemTap's `sys/sdt.h` and its relatives leave it in a file. */
export interface ProbeNote {
  readonly provider: string;
  readonly name: string;
  /** Addresses in the file's own address space. */
  readonly address: number;
  /** A counter that the program looks at before it prepares arguments; 0: there is none. */
  readonly semaphore: number;
  /** Where the arguments are: `8@%rdi -4@8(%rsp)`. */
  readonly operands: string;
}

const SECTION = '.note.stapsdt';
/** Where the file was linked to lie: notes name its address at that time, and the file may have been moved since. */
const BASE = '.stapsdt.base';
const OWNER = 'stapsdt\0';
const TYPE = 3;
const HEADER = 12;
const ADDRESSES = 24;

const roundUp = (size: number): number => (size + 3) & ~3;

function parse(description: Buffer, base: number | undefined): ProbeNote {
  const word = (at: number) => Number(description.readBigUInt64LE(at));
  const moved = base === undefined ? 0 : base - word(8);
  const [provider = '', name = '', operands = ''] = description.toString('latin1', ADDRESSES).split('\0');
  const semaphore = word(16);
  return {
    provider,
    name,
    address: word(0) + moved,
    semaphore: semaphore === 0 ? 0 : semaphore + moved,
    operands,
  };
}

/** What the notes of one owner and kind say. */
export function* noteTexts(section: Buffer, owner: string, type: number): Generator<Buffer> {
  for (let at = 0; at + HEADER <= section.length; ) {
    const ownerSize = section.readUInt32LE(at);
    const size = section.readUInt32LE(at + 4);
    const start = at + HEADER + roundUp(ownerSize);
    const isWanted =
      section.readUInt32LE(at + 8) === type &&
      section.toString('latin1', at + HEADER, at + HEADER + ownerSize) === owner;
    if (isWanted) yield section.subarray(start, start + size);
    at = start + roundUp(size);
  }
}

/** The notes of a file, in its order. */
export function probeNotes(code: CodeFile): readonly ProbeNote[] {
  const bytes = code.section(SECTION);
  if (bytes === undefined) return [];
  const base = code.sectionAddress(BASE);
  return [...noteTexts(bytes, OWNER, TYPE)]
    .filter((description) => description.length > ADDRESSES)
    .map((description) => parse(description, base));
}
