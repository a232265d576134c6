import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runOn } from '../../../core/test/session/live.js';
import { tables } from '../../../core/test/session/live-tables.js';

/** On a disk: what /tmp is in memory on many systems. */
const folder = mkdtempSync(join(process.cwd(), 'io-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'some-file');

const BLOCK = 65536;

/** Repeats a command while a script runs. */
async function during(command: readonly string[], script: string): Promise<string> {
  const [program = '', ...args] = command;
  const timer = setInterval(() => spawn(program, args, { stdio: 'ignore' }).on('error', () => {}), 300);
  try {
    const timeout = 'tick-20s { printf("nothing"); exit(1); }';
    const { text } = await runOn(tables, `${script} ${timeout}`, { options: [['strsize', '512']] });
    return text.trim();
  } finally {
    clearInterval(timer);
  }
}

const copy = (...more: string[]) => ['dd', `bs=${BLOCK}`, 'count=1', ...more];
const ours = `args[2]->fi_pathname == "${file}"`;

test('start: a file written past the cache, by its path', async () => {
  const script = `io:::start /${ours}/ {
    printf("%s %s %d %d", execname, args[2]->fi_name, args[0]->b_bcount, args[0]->b_flags & B_WRITE); exit(0);
  }`;
  const text = await during(copy('if=/dev/zero', `of=${file}`, 'oflag=direct'), script);
  expect(text).toBe(`dd some-file ${BLOCK} ${0x100}`);
});

test('done: the same request as at start', async () => {
  const script = `
    io:::start /${ours}/ { started[args[0]->b_edev, args[0]->b_blkno] = args[0]->b_bcount; }
    io:::done /started[args[0]->b_edev, args[0]->b_blkno]/ {
      printf("%d %s", started[args[0]->b_edev, args[0]->b_blkno] == args[0]->b_bcount, args[2]->fi_name);
      exit(0);
    }`;
  expect(await during(copy('if=/dev/zero', `of=${file}`, 'oflag=direct'), script)).toBe('1 some-file');
});

test('start: a file that the page cache writes back', async () => {
  const script = `io:::start /${ours}/ { printf("%s %d", args[2]->fi_fs, args[1]->dev_major > 0); exit(0); }`;
  const text = await during(copy('if=/dev/zero', `of=${file}`, 'conv=fsync'), script);
  expect(text).toMatch(/^\w+ 1$/);
});

test('start: a file read past the cache', async () => {
  const script = `io:::start /${ours} && (args[0]->b_flags & B_READ)/ { printf("%s", execname); exit(0); }`;
  expect(await during(copy(`if=${file}`, 'of=/dev/null', 'iflag=direct'), script)).toBe('dd');
});
