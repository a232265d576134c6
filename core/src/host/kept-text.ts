import { join } from 'node:path';
import { bootId } from './boot-id.js';
import type { HostFiles } from './host.js';
import { cacheFolder, fileName, keep, readKept } from './kept-files.js';
import { kernelIdentity } from './kernel-facts.js';
import { findTracefs } from './tracefs.js';

/** A text that is slow to make, kept between runs with what it was made from. */
export class KeptText {
  readonly #file: string;
  readonly #madeFrom: string;

  constructor(name: string, madeFrom: string) {
    this.#file = join(cacheFolder(), fileName(name));
    this.#madeFrom = `${madeFrom.replaceAll('\n', ' ')}\n`;
  }

  /** The text of an earlier run that was made from the same; undefined when there is none. */
  read(): string | undefined {
    const kept = readKept(this.#file)?.toString();
    return kept?.startsWith(this.#madeFrom) ? kept.slice(this.#madeFrom.length) : undefined;
  }

  write(text: string): void {
    keep(this.#file, this.#madeFrom + text);
  }
}

/** A text that is another one when the kernel, its modules, its tracing file system or the caller's rights are others. */
export function kernelState(files: HostFiles): string {
  const modules = files.readText('/proc/modules') ?? '';
  // Name and address: a module that was loaded anew has other functions, maybe.
  const loaded = modules.split('\n').map((line) => {
    const [name, , , , , address] = line.split(' ');
    return `${name} ${address}`;
  });
  const identity = kernelIdentity(files.readText('/proc/self/status'));
  return [bootId(files), identity, findTracefs(files), ...loaded].join('|');
}
