import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tables } from '../../../core/test/session/live-tables.js';
import { type Deed, diskFolder, perform, trace } from '../../../test/workloads/index.js';

const file = join(diskFolder(), 'some-file');
const BLOCK = 65536;
const options = { request: { options: [['strsize', '512']] } } as const;

/** Other processes' clauses may meet files that are being removed: only what ours printed counts. */
const text = async (deeds: readonly Deed[], script: string) => (await trace(deeds, script, options)).text;

const ours = `args[2]->fi_pathname == "${file}"`;

test('start: a file written past the cache, by its path', async () => {
  const script = `io:::start /${ours}/ {
    printf("%s %s %d %d", execname, args[2]->fi_name, args[0]->b_bcount, args[0]->b_flags & B_WRITE);
    printf(" %d %d", args[2]->fi_offset, (args[2]->fi_oflags & O_DIRECT) != 0);
    exit(0);
  }`;
  expect(await text([['write-direct', file]], script)).toBe(`workload some-file ${BLOCK} ${0x100} 0 1`);
});

test('done: the same request as at start', async () => {
  const script = `
    io:::start /${ours}/ { started[args[0]->b_edev, args[0]->b_blkno] = args[0]->b_bcount; }
    io:::done /started[args[0]->b_edev, args[0]->b_blkno]/ {
      printf("%d %s", started[args[0]->b_edev, args[0]->b_blkno] == args[0]->b_bcount, args[2]->fi_name);
      printf(" %d %d %d", (args[0]->b_flags & B_DONE) != 0, args[0]->b_error, args[0]->b_resid);
      exit(0);
    }`;
  expect(await text([['write-direct', file]], script)).toBe('1 some-file 1 0 0');
});

test('start: a file that the page cache writes back', async () => {
  const script = `io:::start /${ours}/ { printf("%s %d", args[2]->fi_fs, args[1]->dev_major > 0); exit(0); }`;
  expect(await text([['write-cached', file]], script)).toMatch(/^\w+ 1$/);
});

test('start: a file read past the cache', async () => {
  await perform(['write-direct', file]);
  const script = `io:::start /${ours} && (args[0]->b_flags & B_READ)/ { printf("%s", execname); exit(0); }`;
  expect(await text([['read-direct', file]], script)).toBe('workload');
});

test('start: a file read into the cache', async () => {
  await perform(['write-direct', file]);
  const script = `io:::start /${ours} && (args[0]->b_flags & B_READ)/ { printf("%d", args[0]->b_bcount > 0); exit(0); }`;
  expect(await text([['read-cached', file]], script)).toBe('1');
});

const waits = [...tables.probes('io:::wait-done')].length > 0;

test.skipIf(!waits)(
  'wait-start and wait-done: a thread waits for what it has asked of the disk',
  async () => {
    const script = `
    io:::wait-start { self->waits = arg0; }
    io:::wait-done /self->waits && self->waits == arg0/ {
      printf("%d %d %d", (args[0]->b_flags & B_DONE) != 0, args[0]->b_error, args[1]->dev_major > 0); exit(0);
    }`;
    expect(await text([['write-cached', file]], script)).toBe('1 0 1');
  },
);

test('a script that looks at no argument', async () => {
  const script = 'io:::start { printf("%d", arg0 != 0); exit(0); }';
  expect(await text([['write-direct', file]], script)).toBe('1');
});
