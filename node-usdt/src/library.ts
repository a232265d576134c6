/** The shared object that a provider's probes are in, mapped into this process. */
import { closeSync, writeSync } from 'node:fs';
import { type ProbeLibrary, probeLibrary } from '@dtrace/probe-objects';
import type { Addon } from './addon.js';

export interface MappedLibrary {
  /** One for each probe: above 0 while somebody traces it. */
  readonly counters: Uint16Array;
  fire(probe: number, words: BigInt64Array, texts: readonly (number | Uint8Array)[]): void;
  close(): void;
}

function refuse(what: string, result: number): never {
  throw new Error(`${what} failed (error ${-result}): probes cannot be made here`);
}

/**
 * The file is in memory and nowhere else, so that nothing of it is left however this process ends. It stays open:
 * some tracers look for it among the open files.
 */
export function mapLibrary(addon: Addon, description: ProbeLibrary, name: string): MappedLibrary {
  const built = probeLibrary(description);
  const fd = addon.file(name);
  if (fd < 0) refuse('memfd_create', fd);
  writeSync(fd, built.file);
  const map = ({ offset, size }: { offset: number; size: number }, runs: boolean): ArrayBuffer => {
    const mapped = addon.map(fd, offset, size, runs);
    return typeof mapped === 'number' ? refuse('mmap', mapped) : mapped;
  };
  const [code, counters] = [map(built.code, true), map(built.counters, false)];
  return {
    counters: new Uint16Array(counters),
    fire: (probe, words, texts) => addon.fire(code, built.entries[probe] ?? 0, words, texts),
    close() {
      addon.unmap(code);
      addon.unmap(counters);
      closeSync(fd);
    },
  };
}
