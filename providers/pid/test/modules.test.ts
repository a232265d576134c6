import { moduleMatcher, moduleNames } from '@dtrace/core/provider';
import { expect, test } from 'vitest';

const module = (name: string, program = false) => ({
  name,
  path: `/lib/${name}`,
  openPath: `/lib/${name}`,
  file: name,
  program,
});
const modules = [
  module('bash', true),
  module('libc.so.6'),
  module('libcrypt.so.1.1.0'),
  module('ld-linux.so.2'),
];

test.each([
  ['', ['bash', 'libc.so.6', 'libcrypt.so.1.1.0', 'ld-linux.so.2']],
  ['a.out', ['bash']],
  ['bash', ['bash']],
  ['libc', ['libc.so.6']],
  ['libc.so.6', ['libc.so.6']],
  ['libc*', ['libc.so.6', 'libcrypt.so.1.1.0']],
  ['libc.so', []],
])("module '%s' is %j", (pattern, names) => {
  expect(modules.filter(moduleMatcher(pattern)).map(({ name }) => name)).toEqual(names);
});

test('all that one could have written', () => {
  expect(moduleNames([module('libc.so.6')])).toEqual(['libc.so.6', 'libc']);
});
