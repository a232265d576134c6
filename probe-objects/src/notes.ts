/** The notes that describe static probes. */
import { type ElfMachine, type SectionSpec, SHF, SHT } from './elf.js';

/** One note: whose it is, what kind, and what it says. */
export function note(owner: string, type: number, description: Uint8Array): Buffer {
  const name = padded(Buffer.from(`${owner}\0`));
  const header = Buffer.alloc(12);
  header.writeUInt32LE(owner.length + 1, 0);
  header.writeUInt32LE(description.length, 4);
  header.writeUInt32LE(type, 8);
  return Buffer.concat([header, name, padded(description)]);
}

const padded = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

/** Addresses are those of the file. */
export interface ProbeNoteSpec {
  readonly provider: string;
  readonly name: string;
  readonly address: number;
  /** Where `.stapsdt.base` lies when the note is written; no matter in a file that no linker moves any more. */
  readonly base: number;
  /** Where the probe's counter lies; 0: it has none. */
  readonly semaphore: number;
  /** `8@(%rdi) -4@8(%rdi)` */
  readonly operands: string;
}

export const PROBE_NOTES = '.note.stapsdt';
export const SEMAPHORES = '.probes';

/** What SystemTap's `sys/sdt.h` leaves behind where a probe is. */
export function probeNote(
  machine: ElfMachine,
  { provider, name, address, base, semaphore, operands }: ProbeNoteSpec,
) {
  const addresses = Buffer.alloc(3 * machine.word);
  for (const [i, value] of [address, base, semaphore].entries())
    addresses.writeUIntLE(value, i * machine.word, Math.min(machine.word, 6));
  const texts = Buffer.from(`${provider}\0${name}\0${operands}\0`, 'latin1');
  return note('stapsdt', 3, Buffer.concat([addresses, texts]));
}

export const DECLARATIONS = '.note.dtrace';
const DECLARATION_TYPE = 1;

/** The note with a provider's declaration in D, and what the declaration needs: types, translators, attributes. */
export const declarationNote = (text: string): SectionSpec => ({
  name: DECLARATIONS,
  type: SHT.note,
  align: 4,
  content: note('dtrace', DECLARATION_TYPE, Buffer.from(text)),
});

/** x86's shadow stack and branch targets, and Arm's: the file has no code that would not be fit for them. */
const PROPERTIES: Readonly<Record<number, readonly [property: number, value: number]>> = {
  62: [0xc0000002, 3],
  183: [0xc0000000, 3],
};

/** What linkers ask every object: that its stack need not be executable, and which protections its code allows. */
export function linkerSections(machine: ElfMachine): readonly SectionSpec[] {
  const stack: SectionSpec = { name: '.note.GNU-stack', type: SHT.progbits, content: Buffer.alloc(0) };
  const property = PROPERTIES[machine.code];
  if (property === undefined) return [stack];
  const description = Buffer.alloc(16);
  for (const [i, value] of [property[0], 4, property[1]].entries()) description.writeUInt32LE(value, 4 * i);
  return [
    {
      name: '.note.gnu.property',
      type: SHT.note,
      flags: SHF.alloc,
      align: 8,
      content: note('GNU', 5, description),
    },
    stack,
  ];
}
