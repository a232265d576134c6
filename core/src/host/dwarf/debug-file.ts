import { dirname, resolve } from 'node:path';
import { ElfStructure } from '../elf/elf-file.js';
import { type OpenFile, separateFiles } from '../elf/symbol-tables.js';
import { DebugInfo } from './debug-info.js';
import { DebugSections } from './debug-sections.js';
import { DwarfError } from './forms.js';
import { describeFunction, type FunctionDescription } from './function-description.js';
import { DwarfTypes } from './types.js';

/** What debugging information says of the functions of a file. */
export class DebugFile {
  readonly #info: DebugInfo;
  readonly #types: DwarfTypes;
  readonly #known = new Map<number, FunctionDescription | undefined>();

  constructor(sections: DebugSections) {
    this.#info = new DebugInfo(sections);
    this.#types = new DwarfTypes(this.#info);
  }

  /** Of the function that begins at an address. What cannot be made sense of says nothing. */
  describe(address: number): FunctionDescription | undefined {
    if (!this.#known.has(address)) this.#known.set(address, this.#find(address));
    return this.#known.get(address);
  }

  #find(address: number): FunctionDescription | undefined {
    try {
      const entry = this.#info.functionAt(address);
      return entry && describeFunction(this.#info, this.#types, entry);
    } catch (error) {
      // A damaged file: numbers that lead out of its sections.
      if (error instanceof DwarfError || error instanceof RangeError) return undefined;
      throw error;
    }
  }
}

/** The file that .gnu_debugaltlink names: several have there what they have in common. */
function alternate(elf: ElfStructure, path: string, open: OpenFile): DebugSections | undefined {
  const section = elf.section('.gnu_debugaltlink');
  if (section === undefined) return undefined;
  const name = elf.contents(section).toString('latin1').replace(/\0.*$/s, '');
  const source = open(resolve(dirname(path), name));
  const other = source && ElfStructure.read(source);
  return other && new DebugSections(other);
}

/** The debugging information of a file: its own, or that of its separate debug file. */
export function debugFile(elf: ElfStructure, path: string, open: OpenFile): DebugFile | undefined {
  const candidates = [{ elf, path }, ...separateFiles(elf, path, open)];
  for (const each of candidates) {
    const sections = new DebugSections(each.elf, alternate(each.elf, each.path, open));
    if (sections.exist) return new DebugFile(sections);
  }
  return undefined;
}
