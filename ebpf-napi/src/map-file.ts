import { closeSync, fstatSync, openSync } from 'node:fs';
import { addon } from './addon.js';
import { check } from './errors.js';

/**
 * A file's bytes without reading them: a page is fetched when it is first looked at. Read-only; writing to them ends
 * the process with SIGSEGV, and so does (with SIGBUS) looking at them after somebody made the file shorter. For files that
 * are only ever replaced.
 */
export function mapFile(path: string): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    if (size === 0) return new Uint8Array(0);
    const memory = addon().map(fd, 0, size, false);
    if (typeof memory === 'number') check(memory, 'mmap', `map ${path}`);
    return new Uint8Array(memory as ArrayBuffer);
  } finally {
    closeSync(fd);
  }
}
