import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runOn } from '../../../core/test/session/live.js';
import { tables } from '../../../core/test/session/live-tables.js';

/** On a disk: what /tmp is in memory on many systems. */
const folder = mkdtempSync(join(process.cwd(), 'vminfo-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'file');

const write = `dd if=/dev/zero of=${file} bs=65536 count=1 oflag=direct`;
const read = `${write}; dd if=${file} of=/dev/null bs=65536 iflag=direct`;

test.each([
  ['as_fault', 'true', '1'],
  ['kernel_asflt', 'true', '1'],
  ['pgin', read, '1'],
  ['pgpgin', read, '16'],
  ['pgout', write, '1'],
  ['pgpgout', write, '16'],
])('%s', async (name, command, amount) => {
  const program = command === 'true' ? '1' : 'execname == "dd"';
  const timer = setInterval(() => spawn('/bin/sh', ['-c', command], { stdio: 'ignore' }), 300);
  try {
    const wanted = amount === '1' ? '1' : `arg0 == ${amount}`;
    const script = `vminfo:::${name} /${program} && ${wanted}/ { printf("%d", arg0); exit(0); }
      tick-20s { printf("nothing"); exit(1); }`;
    const { text } = await runOn(tables, script);
    expect(text.trim()).toBe(amount);
  } finally {
    clearInterval(timer);
  }
});
