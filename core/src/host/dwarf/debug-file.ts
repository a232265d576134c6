import { dirname, resolve } from 'node:path';
import type { Type } from '../../language/types.js';
import { ElfStructure } from '../elf/elf-file.js';
import { type OpenFile, separateFiles } from '../elf/symbol-tables.js';
import { TAG } from './constants.js';
import { DebugInfo } from './debug-info.js';
import { DebugSections } from './debug-sections.js';
import { DwarfError } from './forms.js';
import { describeFunction, type FunctionDescription } from './function-description.js';
import { DwarfTypes } from './types.js';

/** What types are looked up as. In C++ a class is a struct. */
export type NamedKind = 'struct' | 'union' | 'enum' | 'typedef';

const TAGS: Readonly<Record<NamedKind, readonly number[]>> = {
  struct: [TAG.structure, TAG.class],
  union: [TAG.union],
  enum: [TAG.enumeration],
  typedef: [TAG.typedef],
};

/** What debugging information says of the functions and types of a file. */
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

  namedType(kind: NamedKind, name: string): Type | undefined {
    return unlessDamaged(() => {
      for (const tag of TAGS[kind]) {
        const type = this.#types.named(tag, name);
        if (type !== undefined) return type;
      }
      return undefined;
    });
  }

  #find(address: number): FunctionDescription | undefined {
    return unlessDamaged(() => {
      const entry = this.#info.functionAt(address);
      return entry && describeFunction(this.#info, this.#types, entry);
    });
  }
}

/** In a damaged file numbers lead out of its sections. */
function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DwarfError || error instanceof RangeError) return undefined;
    throw error;
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
