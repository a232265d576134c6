import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir, release, version } from 'node:os';
import { join } from 'node:path';

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

  /** Writes what is new. Failing to is no failure: the next run finds out again. */
  save(): void {
    if (!this.#changed || this.#file === undefined) return;
    this.#changed = false;
    try {
      mkdirSync(join(this.#file, '..'), { recursive: true, mode: 0o700 });
      const temporary = `${this.#file}.${process.pid}`;
      writeFileSync(temporary, JSON.stringify(Object.fromEntries(this.#facts ?? [])), { mode: 0o600 });
      renameSync(temporary, this.#file);
    } catch {
      // A read-only or full disk.
    }
  }

  #read(): Map<string, Fact> {
    try {
      if (this.#file === undefined || !isOwn(this.#file)) return this.#unknown();
      const facts = Object.entries(JSON.parse(readFileSync(this.#file, 'utf8')) as Record<string, Fact>);
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

/** A file somebody else could have written says nothing. */
export function isOwn(path: string): boolean {
  const { uid, mode } = statSync(path);
  return uid === process.geteuid?.() && (mode & 0o022) === 0;
}

/** A text as the name of a file. */
export function fileName(text: string): string {
  return text.replace(/[^A-Za-z0-9.]+/g, '-').slice(0, 160);
}

/** Root's cache is the system's; others have one in their home folder. */
export function cacheFolder(): string {
  if (process.geteuid?.() === 0) return '/var/cache/dtrace';
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dtrace');
}

/** The kernel and what this process may do with it. */
export function kernelIdentity(status: string | undefined): string {
  const capabilities = /^CapEff:\s*(\S+)/m.exec(status ?? '')?.[1] ?? '';
  return [release(), version(), process.arch, process.geteuid?.() ?? 0, capabilities, FORMAT].join('|');
}

/** Raised when the meaning of a stored fact changes. */
const FORMAT = 1;
