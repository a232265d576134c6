import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diskFolder, perform, prints } from '../../../test/workloads/index.js';

const file = join(diskFolder(), 'file');

test.each(['as_fault', 'kernel_asflt'])('%s', async (name) => {
  const script = `vminfo:::${name} /execname == "workload"/ { printf("%d", arg0); exit(0); }`;
  expect(await prints(['memory'], script)).toBe('1');
});

test.each([
  ['pgin', 'read-cached', '1'],
  ['pgpgin', 'read-cached', '16'],
  ['pgout', 'write-direct', '1'],
  ['pgpgout', 'write-direct', '16'],
])('%s', async (name, deed, amount) => {
  const script = `vminfo:::${name} /arg0 == ${amount}/ { printf("%d", arg0); exit(0); }`;
  await perform(['write-direct', file]);
  expect(await prints([deed, file], script)).toBe(amount);
});
