/** The tools of examples/tools, each with work that it has something to say of. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TextOutput } from '../../core/src/index.js';
import { tables } from '../../core/test/session/live-tables.js';
import { type Deed, diskFolder, repeat } from '../workloads/index.js';

const folder = diskFolder();
const PATIENCE = process.env.DTRACE_TEST_GUEST ? 300_000 : 50_000;

interface Run {
  readonly deeds: readonly Deed[];
  readonly arguments?: readonly string[];
  /** Tracing ends when it has printed all of these, or by itself. */
  readonly until: readonly RegExp[];
}

async function output(tool: string, { deeds, arguments: given = [], until }: Run): Promise<string> {
  const name = `${tool}.d`;
  const text = readFileSync(new URL(`../../examples/tools/${name}`, import.meta.url), 'utf8');
  const program = tables.compile([{ name, text }], { arguments: [name, ...given] });
  let printed = '';
  const sink = {
    write(part: string) {
      printed += part;
    },
  };
  // Of processes that are gone before they could be looked at.
  const complaints = () => {};
  const output = new TextOutput(sink, complaints, program.options.consumer);
  const session = tables.session(program, { output });
  await session.start();
  const end = Date.now() + PATIENCE;
  let over = false;
  const finished = session.finished.finally(() => {
    over = true;
  });
  const enough = () => over || Date.now() > end || until.every((pattern) => pattern.test(printed));
  await repeat(deeds, enough);
  if (!over && until.length > 0) await session.stop();
  await finished;
  return printed;
}

test('disk-requests: who, how much, of which file', async () => {
  const file = join(folder, 'some-file');
  const line = new RegExp(`^ +\\d+\\.\\d{3} +\\d+\\.\\d{3} workload +\\d+ \\S+ +W +65536 ${file}$`, 'm');
  expect(await output('disk-requests', { deeds: [['write-direct', file]], until: [line] })).toMatch(line);
});

test('file-opens: those of one program, and errors', async () => {
  const until = [/^cat +\d+ +\d+ +0 \/etc\/hostname$/m, /^cat +\d+ +-1 +2 \/absent$/m];
  const deed: Deed = ['/bin/cat', '/etc/hostname', '/absent'];
  const text = await output('file-opens', { deeds: [deed], arguments: ['cat'], until });
  for (const pattern of until) expect(text).toMatch(pattern);
  expect(text.split('\n').filter((line) => line !== '' && !/^(cat|PROCESS) /.test(line))).toEqual([]);
});

test('process-starts: arguments, failures, ends', async () => {
  const until = [
    /^start +\d+ +\d+ +\d+ +\/bin\/true one two$|^start +\d+ +\d+ +\d+ +true one two$/m,
    /^fail +\d+ +\d+ +\d+ +error 2, by workload$/m,
    /^end +\d+ +\d+ +\d+ +\d+\.\d{3} workload \(killed\)$/m,
  ];
  const text = await output('process-starts', { deeds: [['exec'], ['exec-failure'], ['killed']], until });
  for (const pattern of until) expect(text).toMatch(pattern);
});

test('kernel-hotspots: a share of the samples, by function', async () => {
  const text = await output('kernel-hotspots', { deeds: [['memory-lock']], arguments: ['1'], until: [] });
  const [, inside, samples] = /^(\d+) of (\d+) samples in the kernel\.$/m.exec(text)!.map(Number);
  expect(inside).toBeGreaterThan(0);
  expect(inside).toBeLessThanOrEqual(samples!);
  expect(text).toMatch(/^ {2}vmlinux`\w+/m);
});

test('tcp-connections: made, accepted, closed and refused', async () => {
  const until = [
    /^connect +127\.0\.0\.1 +\d+ -> 127\.0\.0\.1 +\d+ +\d+\.\d{3} workload$/m,
    /^accept +127\.0\.0\.1 +\d+ <- 127\.0\.0\.1 +\d+/m,
    /^close +127\.0\.0\.1 +[1-9]\d* -- 127\.0\.0\.1 +\d+ +\d+\.\d{3} workload$/m,
    /^refused +127\.0\.0\.1 +\d+ -> 127\.0\.0\.1 +9 +workload$/m,
  ];
  const text = await output('tcp-connections', { deeds: [['tcp'], ['refused', '9']], until });
  for (const pattern of until) expect(text).toMatch(pattern);
});
