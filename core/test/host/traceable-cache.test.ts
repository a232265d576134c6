import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TraceableCache } from '../../src/host/traceable-cache.js';
import { RecordedHost } from '../../src/index.js';

const FOUND = [
  {
    module: 'vmlinux',
    typed: ['vfs_read', 'twice'],
    untyped: ['made.isra.0'],
    ambiguous: new Set(['twice']),
    addresses: new Map([['twice', [0xffffffff81000000n, 0xffffffff81000010n]]]),
  },
  {
    module: 'some',
    typed: [],
    untyped: ['of_module'],
    ambiguous: new Set<string>(),
    addresses: new Map([['of_module', [0xffffffffc0000000n]]]),
  },
];
const MODULES = 'some 16384 1 other, Live 0xffffffffc0000000\n';

let folder: string;
let searches: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dtrace-functions-'));
  searches = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** One run of the command. */
function run({ modules = MODULES, kernel = '6.12', tracefs = '/sys/kernel/tracing' } = {}) {
  const host = new RecordedHost({ files: { '/proc/modules': modules } });
  const cache = new TraceableCache(join(folder, 'functions'), host, kernel);
  const groups = cache.get(tracefs, () => {
    searches++;
    return FOUND;
  });
  cache.save();
  return groups;
}

it('the next run has what the first one found', () => {
  expect(run()).toEqual(FOUND);
  expect(run()).toEqual(FOUND);
  expect(searches).toBe(1);
});

it('who uses a module does not matter, which there are does', () => {
  run();
  run({ modules: 'some 16384 0 - Live 0xffffffffc0000000\n' });
  expect(searches).toBe(1);
  run({ modules: `${MODULES}more 4096 0 - Live 0xffffffffc0010000\n` });
  expect(searches).toBe(2);
});

it('another kernel and a list made without tracefs are other lists', () => {
  run();
  run({ kernel: '6.13' });
  run({ kernel: '6.13', tracefs: '' });
  expect(searches).toBe(3);
});
