import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const repository = new URL('../..', import.meta.url).pathname;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dtrace-start-'));
  mkdirSync(join(folder, 'dist'));
  copyFileSync(join(repository, 'cli/start.cjs'), join(folder, 'start.cjs'));
  bundle('first');
});
afterEach(() => rmSync(folder, { recursive: true }));

function bundle(text: string): void {
  const code = `console.log(${JSON.stringify(text)}, __dirname === ${JSON.stringify(join(folder, 'dist'))}, process.argv[2]);`;
  writeFileSync(join(folder, 'dist/dtrace.cjs'), `${code}\nprocess.exitCode = 3;\n`);
}
const start = () => {
  const env = { ...process.env, HOME: join(folder, 'home'), DTRACE_EXTRA_CA_CERTS: '' };
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(folder, 'start.cjs'), 'x'], {
    encoding: 'utf8',
    env,
  });
  return { stdout: stdout.trim(), stderr, status };
};
const caches = () => readdirSync(join(folder, 'dist')).filter((name) => name.endsWith('.cache'));
const cacheFile = () => join(folder, 'dist', caches()[0] ?? 'none');

describe('start with a code cache', () => {
  it('runs the bundle, keeps a cache, and runs the same with it', () => {
    const expected = { stdout: 'first true x', stderr: '', status: 3 };
    expect(start()).toEqual(expected);
    expect(caches()).toHaveLength(1);
    const before = readFileSync(cacheFile());
    expect(start()).toEqual(expected);
    expect(readFileSync(cacheFile()).equals(before)).toBe(true);
  });

  it('takes no old code for new: a rebuilt bundle of the same size has a cache of its own', () => {
    start();
    const [old] = caches();
    bundle('later');
    expect(start().stdout).toBe('later true x');
    expect(caches()).toHaveLength(1);
    expect(caches()).not.toContain(old);
  });

  it('loads the second part from a cache of its own, when the first asks for it', () => {
    const first = `__import('./work.cjs').then(({ work }) => console.log(work()));`;
    writeFileSync(join(folder, 'dist/dtrace.cjs'), first);
    writeFileSync(join(folder, 'dist/work.cjs'), 'exports.work = () => "worked";');
    for (const _ of [1, 2]) expect(start()).toEqual({ stdout: 'worked', stderr: '', status: 0 });
    expect(caches().map((name) => name.split('-')[0])).toEqual(['dtrace.cjs', 'work.cjs']);
  });

  it.each([
    ['damaged', () => writeFileSync(cacheFile(), 'nonsense')],
    ['writable by others', () => chmodSync(cacheFile(), 0o666)],
  ])('does without a cache that is %s, and replaces it', (_, spoil) => {
    start();
    const good = readFileSync(cacheFile());
    spoil();
    expect(start().stdout).toBe('first true x');
    expect(readFileSync(cacheFile()).length).toBe(good.length);
  });
});
