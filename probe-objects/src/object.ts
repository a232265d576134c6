import {
  ELF_MACHINES,
  type ElfMachineName,
  elfFile,
  type SectionSpec,
  SHF,
  SHT,
  type SymbolSpec,
  symbolSections,
} from './elf.js';
import { declarationNote, linkerSections, SEMAPHORES } from './notes.js';

const COUNTER = 2;

export interface ProbeObject {
  readonly machine: ElfMachineName;
  /** Symbols of the counters that programs look at before they prepare arguments. */
  readonly semaphores: readonly string[];
  /** D for the tracer. */
  readonly declarations: string;
}

/**
 * A relocatable object to link with a program whose probes are in its other objects. The counters are weak and hidden:
 * every program and library has its own, however many such objects went into it.
 */
export function probeObject({ machine: name, semaphores, declarations }: ProbeObject): Buffer {
  const machine = ELF_MACHINES[name];
  const sections: readonly SectionSpec[] = [
    ...(semaphores.length === 0
      ? []
      : [
          {
            name: SEMAPHORES,
            type: SHT.progbits,
            flags: SHF.alloc + SHF.write,
            align: COUNTER,
            content: Buffer.alloc(COUNTER * semaphores.length),
          },
        ]),
    ...(declarations === '' ? [] : [declarationNote(declarations)]),
    ...linkerSections(machine),
  ];
  const symbols = semaphores.map(
    (symbol, i): SymbolSpec => ({
      name: symbol,
      section: SEMAPHORES,
      value: COUNTER * i,
      size: COUNTER,
      kind: 'object',
      binding: 'weak',
      hidden: true,
    }),
  );
  return elfFile({
    machine,
    type: 'relocatable',
    sections: [...sections, ...symbolSections(machine, symbols, sections)],
  }).bytes;
}
