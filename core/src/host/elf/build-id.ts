import type { ElfStructure } from './elf-file.js';

const PT_NOTE = 4;
const NT_GNU_BUILD_ID = 3;
const OWNER = 'GNU\0';
const LONGEST = 1 << 16;

/** What the linker calls this very content, in hexadecimal; undefined: nothing. */
export function buildId(elf: ElfStructure): string | undefined {
  for (const { type, address, fileSize } of elf.programs) {
    if (type !== PT_NOTE) continue;
    const notes = elf.bytes(address, Math.min(fileSize, LONGEST));
    for (let at = 0; at + 12 <= notes.length; ) {
      const [name, size, kind] = [0, 4, 8].map((part) => notes.readUInt32LE(at + part)) as [
        number,
        number,
        number,
      ];
      const start = at + 12 + align4(name);
      const isId = kind === NT_GNU_BUILD_ID && notes.toString('latin1', at + 12, at + 12 + name) === OWNER;
      if (isId) return notes.toString('hex', start, start + size);
      at = start + align4(size);
    }
  }
  return undefined;
}

const align4 = (size: number): number => (size + 3) & ~3;
