import { describe, expect, it } from 'vitest';
import type { HostFiles } from '../../src/host/host.js';
import { fittingBufsize, sizeText } from '../../src/session/fit-buffers.js';
import { runOptions } from '../../src/session/run-options.js';

const files = (kibibytes: number): HostFiles => ({
  readText: (path) =>
    path === '/proc/meminfo' ? `MemFree: 1 kB\nMemAvailable: ${kibibytes} kB\n` : undefined,
  readDir: () => undefined,
  readLink: () => undefined,
  inode: () => undefined,
});
const fitted = (bufsize: string, kibibytes: number) =>
  fittingBufsize(runOptions([['bufsize', bufsize]]).compile, 4, files(kibibytes));

describe('buffers', () => {
  it('that there is memory for stay as they are', () => expect(fitted('4m', 1 << 20)).toBe(4 << 20));
  it('take a quarter of the memory at most', () => expect(fitted('256m', 1 << 20)).toBe(64 << 20));
  it('stay large enough to be of use', () => expect(fitted('1m', 16)).toBeLessThanOrEqual(1 << 16));
  it('have sizes as one writes them', () =>
    expect([100, 4096, 3 << 20, 1 << 30].map(sizeText)).toEqual(['100', '4k', '3m', '1g']));
});
