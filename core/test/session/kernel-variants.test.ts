import { expect, test } from 'vitest';
import type { Type, TypeSource } from '../../src/language/types.js';
import { forKernel } from '../../src/session/kernel-variants.js';

const INT: Type = { kind: 'integer', name: 'int', size: 4, signed: true };
const record: Type = {
  kind: 'struct',
  tag: 'task_struct',
  size: 4,
  align: 4,
  members: [{ name: 'state', type: INT, bitOffset: 0 }],
};
const types: TypeSource = {
  findRecord: (_, tag) => (tag === 'task_struct' ? record : undefined),
  findEnum: () => undefined,
  findTypedef: () => undefined,
  findEnumerator: () => undefined,
  findSymbol: () => undefined,
  findFunction: () => undefined,
};

test.each([
  ['task_struct, state', 'one', 'two'],
  ['task_struct, __state', 'two', 'one'],
  ['task_struct, state.deeper', 'two', 'one'],
  ['absent, state', 'two', 'one'],
])('member(%s)', (condition, kept, dropped) => {
  const text = `before\n#if member(${condition})\none\n#else\ntwo\n#endif\nafter\n`;
  const { text: chosen } = forKernel({ name: 'a.d', text }, types);
  expect(chosen).toContain(kept);
  expect(chosen).not.toContain(dropped);
  expect(chosen.split('\n')[6]).toBe('after');
});
