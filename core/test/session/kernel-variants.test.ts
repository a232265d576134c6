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
  findFunction: (name) =>
    name === 'called' ? { kind: 'function', returns: INT, parameters: [], variadic: false } : undefined,
};

test.each([
  ['member(task_struct, state)', 'one', 'two'],
  ['member(task_struct, __state)', 'two', 'one'],
  ['member(task_struct, state.deeper)', 'two', 'one'],
  ['member(absent, state)', 'two', 'one'],
  ['function(called)', 'one', 'two'],
  ['function(absent)', 'two', 'one'],
])('%s', (condition, kept, dropped) => {
  const text = `before\n#if ${condition}\none\n#else\ntwo\n#endif\nafter\n`;
  const { text: chosen } = forKernel({ name: 'a.d', text }, types);
  expect(chosen).toContain(kept);
  expect(chosen).not.toContain(dropped);
  expect(chosen.split('\n')[6]).toBe('after');
});
