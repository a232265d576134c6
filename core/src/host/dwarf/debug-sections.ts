import type { ElfStructure, Section } from '../elf/elf-file.js';

const NONE = Buffer.alloc(0);

/** The debugging sections of a file, read as far as they are asked for. */
export class DebugSections {
  readonly #elf: ElfStructure;
  readonly #whole = new Map<string, Buffer>();
  readonly #made = new Map<string, unknown>();

  /** `alternate`: the file that several share what they have in common in, as dwz makes it. */
  constructor(
    elf: ElfStructure,
    readonly alternate?: DebugSections,
  ) {
    this.#elf = elf;
  }

  get exist(): boolean {
    return this.sizeOf('.debug_info') > 0;
  }

  sizeOf(name: string): number {
    const section = this.#section(name);
    if (section === undefined) return 0;
    return section.compressed ? this.all(name).length : section.size;
  }

  all(name: string): Buffer {
    let bytes = this.#whole.get(name);
    if (bytes === undefined) {
      const section = this.#section(name);
      bytes = section === undefined ? NONE : this.#elf.contents(section);
      this.#whole.set(name, bytes);
    }
    return bytes;
  }

  part(name: string, offset: number, length: number): Buffer {
    const section = this.#section(name);
    if (section === undefined) return NONE;
    if (section.compressed || this.#whole.has(name)) return this.all(name).subarray(offset, offset + length);
    return this.#elf.contents(section, offset, length);
  }

  /** Keeps what was made of the sections. */
  once<T>(name: string, make: () => T): T {
    if (!this.#made.has(name)) this.#made.set(name, make());
    return this.#made.get(name) as T;
  }

  #section(name: string): Section | undefined {
    const section = this.#elf.section(name);
    return section && this.#elf.isInFile(section) ? section : undefined;
  }
}
