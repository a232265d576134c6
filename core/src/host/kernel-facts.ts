import { release, version } from 'node:os';
import { join } from 'node:path';
import { fileName, keep, readKept } from './kept-files.js';

/** JSON values: what a fact may be. */
export type Fact = string | number | boolean | null | readonly Fact[] | { readonly [key: string]: Fact };

const IDENTITY = 'identity';

/**
 * What is slow to find out about the running kernel and does not change while it runs: its abilities, its system
 * calls. Kept on disk under the kernel's own version and the caller's privileges; a fact that is lost or wrong in
 * format is simply found out again.
 */
export class KernelFacts {
  readonly #file: string | undefined;
  readonly #identity: string;
  #facts: Map<string, Fact> | undefined;
  #changed = false;

  /** `folder` undefined: nothing is kept. */
  constructor(folder: string | undefined, identity: string) {
    // Readable, and cheaper than loading a hash library: what two identities share here, `IDENTITY` tells apart.
    const name = fileName(identity);
    this.#identity = identity;
    this.#file = folder === undefined ? undefined : join(folder, `kernel-${name}.json`);
  }

  /** The fact if known, else found out and remembered. */
  get<T extends Fact>(name: string, find: () => T): T {
    this.#facts ??= this.#read();
    const known = this.#facts.get(name);
    if (known !== undefined) return known as T;
    const found = find();
    this.#facts.set(name, found);
    this.#changed = true;
    return found;
  }

  /** Writes what is new. */
  save(): void {
    if (!this.#changed || this.#file === undefined) return;
    this.#changed = false;
    keep(this.#file, JSON.stringify(Object.fromEntries(this.#facts ?? [])));
  }

  #read(): Map<string, Fact> {
    const kept = this.#file === undefined ? undefined : readKept(this.#file);
    if (kept === undefined) return this.#unknown();
    try {
      const facts = Object.entries(JSON.parse(kept.toString()) as Record<string, Fact>);
      const known = new Map(facts);
      return known.get(IDENTITY) === this.#identity ? known : this.#unknown();
    } catch {
      return this.#unknown();
    }
  }

  #unknown(): Map<string, Fact> {
    return new Map([[IDENTITY, this.#identity]]);
  }
}

/** The kernel and what this process may do with it. */
export function kernelIdentity(status: string | undefined): string {
  const capabilities = /^CapEff:\s*(\S+)/m.exec(status ?? '')?.[1] ?? '';
  return [release(), version(), process.arch, process.geteuid?.() ?? 0, capabilities, FORMAT].join('|');
}

/** Raised when the meaning of a stored fact changes. */
const FORMAT = 1;
