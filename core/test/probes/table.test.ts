import { describe, expect, test } from 'vitest';
import { RecordedHost } from '../../src/index.js';
import type { Type, TypeSource } from '../../src/language/types.js';
import { type ProbeTable, tableProvider } from '../../src/provider.js';

const record = (tag: string, members: readonly string[]): Type => ({
  kind: 'struct',
  tag,
  size: 8,
  align: 8,
  members: members.map((name) => ({ name, type: { kind: 'void' }, bitOffset: 0 })),
});
const tracepoint = (...parameters: Type[]): Type => ({
  kind: 'pointer',
  to: {
    kind: 'function',
    returns: { kind: 'void' },
    parameters: [{ kind: 'void' }, ...parameters],
    variadic: false,
  },
});
const TASK = record('task_struct', ['pid']);
const TYPES: Readonly<Record<string, Type>> = {
  btf_trace_one: tracepoint({ kind: 'pointer', to: TASK }),
  btf_trace_two: tracepoint({ kind: 'void' }, { kind: 'void' }),
};
const types: TypeSource = {
  findRecord: (_, tag) => (tag === 'task_struct' ? TASK : undefined),
  findTypedef: (name) => TYPES[name],
  findEnum: () => undefined,
  findEnumerator: () => undefined,
  findSymbol: () => undefined,
  findFunction: () => undefined,
};
const host = new RecordedHost({ types, tracepoints: ['one', 'two'] });

const provider = (probes: ProbeTable['probes'], more: Partial<ProbeTable> = {}) =>
  tableProvider({ name: 'table', probes, ...more }, host);
const everything = { provider: '', module: '', function: '', name: '' };
const sites = (table: ReturnType<typeof provider>) =>
  [...table.probes(everything)].map(({ name, function: func, site }) => [name, func, site]);

describe('alternatives', () => {
  test('the first that the kernel has', () => {
    expect(sites(provider([{ name: 'a', tracepoint: ['absent', 'two', 'one'], guard: 'args[0]' }]))).toEqual([
      ['a', '', { kind: 'raw-tracepoint', tracepoint: 'two', guard: 'args[0]' }],
    ]);
  });

  test('with a guard and arguments of their own', () => {
    const args = [{ type: 'int', value: 'args[1]' }];
    const table = provider([
      {
        name: 'a',
        tracepoint: ['absent', { tracepoint: 'two', guard: 'args[1]', args }],
        guard: 'args[0]',
        args: [],
      },
    ]);
    expect(sites(table)).toMatchObject([['a', '', { guard: 'args[1]' }]]);
    expect([...table.probes(everything)][0]?.arguments).toEqual({ args });
  });

  test.each([
    [{ parameters: 2 }, 'two'],
    [{ first: 'task_struct' }, 'one'],
    [{ member: 'task_struct.pid' }, 'one'],
    [{ member: 'task_struct.absent' }, undefined],
    [{ member: 'absent.absent' }, undefined],
    [{ function: 'absent' }, undefined],
    [{ arch: 'arm64' }, undefined],
  ] as const)('that need %j', (needs, expected) => {
    const table = provider([
      {
        name: 'a',
        tracepoint: [
          { tracepoint: 'one', needs },
          { tracepoint: 'two', needs },
        ],
      },
    ]);
    expect(
      [...table.probes(everything)].map(({ site }) => (site as { tracepoint?: string }).tracepoint),
    ).toEqual(expected === undefined ? [] : [expected]);
  });
});

test('a probe with several places is one for each that is there, told apart by its function', () => {
  expect(
    sites(provider([{ name: 'a', tracepoint: 'one', also: ['absent', ['absent', 'two']] }])),
  ).toMatchObject([
    ['a', 'one', { tracepoint: 'one' }],
    ['a', 'two', { tracepoint: 'two' }],
  ]);
});

describe('what is missing', () => {
  test('is told with the reason', () => {
    const table = provider(
      [
        { name: 'a', tracepoint: 'absent' },
        { name: 'b', tracepoint: 'one' },
      ],
      {
        absent: { c: 'nobody has it' },
      },
    );
    expect(table.missing?.()).toEqual([
      { name: 'a', reason: 'this kernel has no tracepoint absent' },
      { name: 'c', reason: 'nobody has it' },
    ]);
    expect(table.unavailable?.()).toBeUndefined();
  });

  test('a table of which nothing is there is unavailable', () => {
    expect(provider([{ name: 'a', tracepoint: 'absent' }]).unavailable?.()).toContain('no tracepoint absent');
  });
});

test('what a probe wants noted elsewhere is a site of its own', () => {
  const prepare = [
    { tracepoint: 'one', guard: 'args[0]', declare: 'self int began;', assign: ['self->began = 1'] },
  ];
  const [probe] = provider([{ name: 'a', tracepoint: 'two', prepare }]).probes(everything);
  expect(probe?.prepare).toEqual([
    {
      site: { kind: 'raw-tracepoint', tracepoint: 'one', guard: 'args[0]' },
      declare: 'self int began;',
      assign: ['self->began = 1'],
    },
  ]);
});

test('of several places, each may have a name of its own', () => {
  const also = [{ tracepoint: 'one', function: 'other' }];
  expect(sites(provider([{ name: 'a', tracepoint: 'one', also }])).map(([, where]) => where)).toEqual([
    'one',
    'other',
  ]);
});
