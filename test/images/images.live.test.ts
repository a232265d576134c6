/**
 * What an image prints is what its script prints. In a guest, images come from outside: they were made on another
 * kernel, which keeps its data in other places.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { diskFolder, workloadFile } from '../workloads/index.js';

const dtrace = new URL('../../cli/start.cjs', import.meta.url).pathname;
const { DTRACE_TEST_GUEST: guest, DTRACE_TEST_IMAGES: foreign } = process.env;
/** Making an image compiles its program many times. */
const PATIENCE = guest ? 300_000 : 120_000;

const disk = diskFolder();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dtrace-images-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[]) {
  const options = { encoding: 'utf8', timeout: PATIENCE } as const;
  const { stdout, stderr, status } = spawnSync(process.execPath, [dtrace, ...args], options);
  return { stdout, stderr, status };
}

const scriptPath = (name: string) => new URL(`${name}.d`, import.meta.url).pathname;

function imageOf(name: string): string {
  if (foreign) return join(foreign, `${name}.dti`);
  const image = join(folder, `${name}.dti`);
  const { stderr, status } = run(['--compile', '-s', scriptPath(name), '-o', image]);
  expect(stderr).toMatch(/^dtrace: wrote \S+ \(\d+ kB\)\n$/);
  expect(status).toBe(0);
  return image;
}

test.each([
  ['process', ['write-direct', join(disk, 'data')], /exec workload: 1 .*\n(.*\n)*exit 1: workload\n/],
  ['disk', ['write-direct', join(disk, 'data')], /\/dev\/\S+ +\S+ +65536\n(.*\n)*.*W +1\n/],
  ['network', ['tcp'], /127\.0\.0\.1 +state-syn-sent +1\n(.*\n)*.*127\.0\.0\.1 +1\n/],
])(
  '%s',
  (name, deed, expected) => {
    const command = ['-c', [workloadFile(), ...deed].join(' ')];
    const image = run(['--run', imageOf(name), ...command]);
    expect(image.stderr).toBe('');
    expect(image.stdout).toMatch(expected);
    expect(image).toEqual(run(['-s', scriptPath(name), ...command]));
  },
  3 * PATIENCE,
);

test('a damaged image and no image are refused in one line', () => {
  const refused = run(['--run', scriptPath('disk')]);
  expect(refused).toEqual({
    status: 1,
    stdout: '',
    stderr: `dtrace: failed to run ${scriptPath('disk')}: it is no image of a D program\n`,
  });
});
