import {
  ELF_MACHINES,
  type ElfMachineName,
  elfFile,
  type SectionOffsets,
  type SectionSpec,
  SHF,
  SHT,
  type SymbolSpec,
  symbolSections,
} from './elf.js';
import { declarationNote, PROBE_NOTES, probeNote, SEMAPHORES } from './notes.js';

const COUNTER = 2;

export interface LibraryProbe {
  readonly name: string;
  /** Bytes of each argument; below zero: with a sign. */
  readonly sizes: readonly number[];
}

export interface ProbeLibrary {
  readonly machine: Exclude<ElfMachineName, 'x86'>;
  readonly provider: string;
  readonly probes: readonly LibraryProbe[];
  /** The symbol that all the code is said to belong to. */
  readonly function: string;
  readonly declarations: string;
}

/** Where the parts of a library are that its program maps and uses. */
export interface BuiltLibrary {
  readonly file: Buffer;
  readonly code: { readonly offset: number; readonly size: number };
  /** Counters of two bytes, in the order of the probes. */
  readonly counters: { readonly offset: number; readonly size: number };
  /** Of the code, in the order of the probes: functions that take the address of the arguments, eight bytes each. */
  readonly entries: readonly number[];
}

/** A place for a probe, and the way back; each as long as the others. The first is what kernels make cheapest. */
const CODE = {
  // endbr64; nop of five bytes; ret
  x64: { bytes: [0xf3, 0x0f, 0x1e, 0xfa, 0x0f, 0x1f, 0x44, 0x00, 0x00, 0xc3, 0x90, 0x90], place: 4 },
  // bti c; nop; ret
  arm64: {
    bytes: [0x5f, 0x24, 0x03, 0xd5, 0x1f, 0x20, 0x03, 0xd5, 0xc0, 0x03, 0x5f, 0xd6],
    place: 4,
  },
} as const;

const WORD = 8;

const OPERANDS: Readonly<Record<ProbeLibrary['machine'], (index: number) => string>> = {
  x64: (index) => (index === 0 ? '(%rdi)' : `${WORD * index}(%rdi)`),
  arm64: (index) => (index === 0 ? '[x0]' : `[x0, ${WORD * index}]`),
};

/** A whole shared object with probes, for a program that makes them while it runs. */
export function probeLibrary(library: ProbeLibrary): BuiltLibrary {
  const machine = ELF_MACHINES[library.machine];
  const { bytes, place } = CODE[library.machine];
  const { probes } = library;
  const operands = ({ sizes }: LibraryProbe): string =>
    sizes.map((size, i) => `${size}@${OPERANDS[library.machine](i)}`).join(' ');
  const notes = (offset: SectionOffsets): Buffer =>
    Buffer.concat(
      probes.map((probe, i) =>
        probeNote(machine, {
          provider: library.provider,
          name: probe.name,
          address: offset('.text') + bytes.length * i + place,
          base: 0,
          semaphore: offset(SEMAPHORES) + COUNTER * i,
          operands: operands(probe),
        }),
      ),
    );
  const code = Buffer.concat(probes.map(() => Buffer.from(bytes)));
  const loaded: readonly SectionSpec[] = [
    { name: '.text', type: SHT.progbits, flags: SHF.alloc + SHF.exec, align: 16, content: code },
    {
      name: SEMAPHORES,
      type: SHT.progbits,
      flags: SHF.alloc + SHF.write,
      align: COUNTER,
      content: Buffer.alloc(COUNTER * probes.length),
    },
    {
      name: PROBE_NOTES,
      type: SHT.note,
      align: 4,
      content: { size: notes(() => 0).length, fill: notes },
    },
    declarationNote(library.declarations),
  ];
  const symbol: SymbolSpec = {
    name: library.function,
    section: '.text',
    value: 0,
    size: code.length,
    kind: 'function',
    binding: 'global',
  };
  const { bytes: file, offset } = elfFile({
    machine,
    type: 'shared',
    sections: [...loaded, ...symbolSections(machine, [symbol], loaded, 'absolute')],
  });
  return {
    file,
    code: { offset: offset('.text'), size: code.length },
    counters: { offset: offset(SEMAPHORES), size: COUNTER * probes.length },
    entries: probes.map((_, i) => bytes.length * i),
  };
}
