import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diskFolder, trace } from '../../../test/workloads/index.js';

const folder = diskFolder();

test.each([
  ['write', join(folder, 'file'), '256'],
  ['read', join(folder, 'file'), '256'],
  ['mkdir', join(folder, 'folder'), '0'],
  ['symlink', join(folder, 'other'), '0'],
])('%s: the file and how much', async (name, path, amount) => {
  const script = `fsinfo:::${name} /args[0]->fi_pathname == "${path}"/ {
    printf("%s %d", args[0]->fi_name, args[1]); exit(0);
  }`;
  const { text } = await trace([['files', folder]], script, { request: { options: [['strsize', '512']] } });
  expect(text).toBe(`${path.slice(folder.length + 1)} ${amount}`);
});
