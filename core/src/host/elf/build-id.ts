import type { ElfStructure } from './elf-file.js';

const PT_NOTE = 4;
const NT_GNU_BUILD_ID = 3;
const OWNER = 'GNU\0';
const HEADER = 12;
const LONGEST = 1 << 16;

/** What the linker calls this very content, in hexadecimal; undefined: nothing. */
export function buildId(elf: ElfStructure): string | undefined {
  for (const notes of notesOf(elf)) {
    const id = idIn(notes);
    if (id !== undefined) return id;
  }
  return undefined;
}

/** By section, since the segments of a file of nothing but symbols are empty; by segment, since sections may be stripped. */
function* notesOf(elf: ElfStructure): Generator<Buffer> {
  const section = elf.section('.note.gnu.build-id');
  if (section !== undefined) yield elf.contents(section);
  for (const { type, address, fileSize } of elf.programs) {
    if (type === PT_NOTE) yield elf.bytes(address, Math.min(fileSize, LONGEST));
  }
}

function idIn(notes: Buffer): string | undefined {
  for (let at = 0; at + HEADER <= notes.length; ) {
    const [name, size, kind] = [0, 4, 8].map((part) => notes.readUInt32LE(at + part)) as [
      number,
      number,
      number,
    ];
    const start = at + HEADER + align4(name);
    const owner = notes.toString('latin1', at + HEADER, at + HEADER + name);
    if (kind === NT_GNU_BUILD_ID && owner === OWNER) return notes.toString('hex', start, start + size);
    at = start + align4(size);
  }
  return undefined;
}

const align4 = (size: number): number => (size + 3) & ~3;
