import { describe, expect, it } from 'vitest';
import type { ActionRecord, AggregationSchema, Field } from '../../src/compiler/image.js';
import type { ConsumerOptions } from '../../src/consumer/index.js';
import { image, int, type Kernel, key32, keyText, Run, schema, string, words } from './fixture.js';

const on = (action: string, more: Partial<ActionRecord> = {}): ActionRecord[] => [
  { action, fields: [], aggregations: [0], ...more },
];

/** epid 1: printa(@); 2: clear; 3: trunc to the recorded count; 4: normalize by the recorded; 5: denormalize. */
function run(schemas: readonly AggregationSchema[], options: Partial<ConsumerOptions> = {}): Run {
  const count: Field = int(16, 8);
  const actions = [
    on('printa'),
    on('clear'),
    on('trunc', { fields: [count] }),
    on('normalize', { fields: [count] }),
    on('denormalize'),
  ];
  return new Run(image(actions, schemas), { quiet: true, ...options });
}

const column = (value: number | bigint | string): string => ` ${String(value).padStart(16)}`;

describe('numbers', () => {
  it('adds up CPUs', () => {
    const made = run([schema('count'), schema('sum', [], [], 2, 1), schema('avg', [], [], 2, 2)]);
    made.kernel.put(0, new Uint8Array(0), [2n, 0n], [3n, 0n]);
    made.kernel.put(1, new Uint8Array(0), [2n, -7n], [1n, 2n]);
    made.kernel.put(2, new Uint8Array(0), [2n, -7n], [1n, -2n]);
    expect(made.finish()).toBe(`\n${column(5)}\n${column(-5)}\n${column(-3)}\n`);
  });

  it('takes extremes of the CPUs that saw any', () => {
    const made = run([schema('min'), schema('max', [], [], 2, 1)]);
    made.kernel.put(0, new Uint8Array(0), [0n, 0n], [1n, 9n], [2n, 4n]);
    made.kernel.put(1, new Uint8Array(0), [0n, 0n], [1n, -9n], [2n, -4n]);
    expect(made.finish()).toBe(`\n${column(4)}\n${column(-4)}\n`);
  });

  it('computes deviations over 128 bits', () => {
    const made = run([schema('stddev', [], [], 4)]);
    const big = 5_000_000_000n;
    const squares = (value: bigint): bigint[] => [
      1n,
      value,
      BigInt.asIntN(64, value * value),
      (value * value) >> 64n,
    ];
    made.kernel.put(0, new Uint8Array(0), squares(big), squares(3n * big));
    expect(made.finish()).toBe(`\n${column(big)}\n`);
  });

  it('says nothing of what never happened', () => {
    const made = run([schema('count')]);
    made.kernel.put(0, new Uint8Array(0), [0n, 0n]);
    expect(made.finish()).toBe('\n');
  });
});

describe('keys', () => {
  it('prints columns and sorts by value, then key', () => {
    const made = run([schema('count', [string(0, 16)])]);
    for (const [name, count] of [
      ['sh', 7n],
      ['bash', 3n],
      ['awk', 3n],
    ] as const) {
      made.kernel.put(0, keyText(name), [count, 0n]);
    }
    const rows = [
      ['awk', 3],
      ['bash', 3],
      ['sh', 7],
    ].map(([name, count]) => `  ${String(name).padEnd(50)}${column(count!)}\n`);
    expect(made.record(1, 1).text).toBe(`\n${rows.join('')}`);
  });

  it('prints integers by size', () => {
    const keys: Field[] = [int(0, 1), int(2, 2), int(4, 4), int(8, 8)];
    const made = run([schema('count', keys)]);
    const key = Buffer.alloc(16, 0xff);
    made.kernel.put(0, key, [1n, 0n]);
    expect(made.record(1, 1).text).toBe(`\n 255 65535       -1${column(-1)}${column(1)}\n`);
  });

  it('merges keys that name the same probe function', () => {
    const made = run([schema('count', [{ kind: 'probe', part: 'function', offset: 0 }])]);
    made.kernel.put(0, key32(7), [1n, 0n]);
    made.kernel.put(0, key32(8), [2n, 0n]);
    expect(made.record(1, 1).text).toBe(`\n  ${'read'.padEnd(50)}${column(3)}\n`);
  });

  it('merges addresses of one symbol', () => {
    const made = run([schema('count', [{ ...int(0, 8, false), display: 'symbol' } as Field])]);
    made.kernel.put(0, words(0x1004), [1n, 0n]);
    made.kernel.put(0, words(0x1008), [1n, 0n]);
    expect(made.record(1, 1).text).toBe(`\n  ${'vmlinux`vfs_read'.padEnd(50)}${column(2)}\n`);
  });

  it('prints stacks as keys', () => {
    const made = run([schema('count', [{ kind: 'stack', offset: 0, frames: 2 }])]);
    made.kernel.put(0, words(1, 0x1004, 0), [1n, 0n]);
    expect(made.record(1, 1).text).toBe(`\n\n${' '.repeat(14)}vmlinux\`vfs_read+0x4\n${column(1)}\n`);
  });

  it.each([
    [{ aggsortkey: true }, [0, 1, 2, -1]],
    [{ aggsortrev: true }, [0, 2, 1, -1]],
    [{ aggsortkey: true, aggsortrev: true }, [-1, 2, 1, 0]],
    [{}, [-1, 1, 2, 0]],
  ])('sorts as told by %o', (options, order) => {
    const made = run([schema('sum', [int(0)])], options);
    for (const [key, value] of [
      [0, 9n],
      [1, 5n],
      [2, 5n],
      [-1, -1n],
    ] as const) {
      made.kernel.put(0, key32(key), [1n, value]);
    }
    const keys = made
      .record(1, 1)
      .text.trimEnd()
      .split('\n')
      .map((line) => Number(line.slice(0, 9)));
    expect(keys.slice(1)).toEqual(order);
  });
});

describe('clear, trunc and normalize', () => {
  it('counts from clear() on, and keeps the keys', () => {
    const made = run([schema('count', [int(0)])]);
    made.kernel.put(0, key32(1), [4n, 0n]);
    made.kernel.put(0, key32(2), [6n, 0n]);
    made.record(2, 1);
    made.kernel.put(0, key32(2), [9n, 0n]);
    expect(made.record(1, 1).text).toBe(`\n        1${column(0)}\n        2${column(3)}\n`);
    made.record(2, 1);
    expect(made.record(1, 1).text).toContain(`        2${column(0)}\n`);
  });

  it('has the kernel forget extremes', () => {
    const made = run([schema('min', [int(0)])]);
    made.kernel.put(0, key32(1), [4n, 5n]);
    made.record(2, 1);
    expect(made.kernel.values.get(0)).toBeUndefined();
    expect(made.record(1, 1).text).toBe(`\n        1${column(2n ** 63n - 1n)}\n`);
    made.kernel.put(0, key32(1), [1n, 8n]);
    expect(made.record(1, 1).text).toContain(`        1${column(8)}\n`);
  });

  it.each([
    [2, [3, 4]],
    [-2, [1, 2]],
    [0, []],
    [9, [1, 2, 3, 4]],
  ])('keeps %i', (count, kept) => {
    const made = run([schema('sum', [int(0)])]);
    for (let key = 1; key <= 4; key++) made.kernel.put(0, key32(key), [1n, BigInt(key)]);
    made.record(3, 1, words(count));
    expect(made.record(1, 1).text).toBe(`\n${kept.map((key) => `        ${key}${column(key)}\n`).join('')}`);
    expect(made.kernel.values.get(0)?.size).toBe(kept.length);
  });

  it('divides by the norm until told otherwise', () => {
    const made = run([schema('sum')]);
    made.kernel.put(0, new Uint8Array(0), [1n, -95n]);
    made.record(4, 1, words(10)).record(1, 1).record(5, 1).record(1, 1);
    expect(made.text).toBe(`\n${column(-9)}\n\n${column(-95)}\n`);
  });
});

describe('printa', () => {
  const keys = [int(0)];
  const schemas = [schema('sum', keys), schema('count', keys, [], 2, 1), schema('max', keys, [], 2, 2)];

  function printed(
    format: string | undefined,
    aggregations: number[],
    options: Partial<ConsumerOptions> = {},
  ) {
    const action = { action: 'printa', fields: [], aggregations, ...(format !== undefined && { format }) };
    const made = new Run(image([[action]], schemas), { quiet: true, ...options });
    made.kernel.put(0, key32(1), [1n, 10n]);
    made.kernel.put(0, key32(2), [1n, 5n]);
    made.kernel.put(1, key32(2), [3n, 0n]);
    made.kernel.put(1, key32(3), [1n, 0n]);
    made.kernel.put(2, key32(1), [1n, -1n]);
    return made.record(1, 1);
  }

  it('formats keys and values', () => {
    expect(printed('%d=%@d;', [0]).text).toBe('2=5;1=10;');
    expect(printed('%-4d|%@6u|%%\n', [0]).text).toBe('2   |     5|%\n1   |    10|%\n');
  });

  it('joins aggregations by key, missing ones as zero', () => {
    expect(printed('%d:%@d,%@d;', [0, 1]).text).toBe('3:0,1;2:5,3;1:10,0;');
    expect(printed('%d:%@d,%@d;', [0, 1], { aggsortpos: 1 }).text).toBe('1:10,0;3:0,1;2:5,3;');
    expect(printed('%d:%@d,%@d,%@d;', [0, 0]).text).toBe('2:5,5,5;1:10,10,10;');
    expect(printed('%d:%@d,%@d;', [2, 0], { aggsortkey: true }).text).toBe('1:-1,10;2:0,5;');
  });

  it('prints several in columns', () => {
    expect(printed(undefined, [0, 1]).text.split('\n')[1]).toBe(`        3${column(0)}${column(1)}`);
  });

  it('prints at the end only what was not printed', () => {
    expect(printed('', [0, 1]).finish()).toBe(`\n        1${column(-1)}\n`);
  });

  it('sees one state for all actions of a drain', () => {
    const made = run([schema('count')]);
    const kernel: Kernel = made.kernel;
    kernel.put(0, new Uint8Array(0), [1n, 0n]);
    made.record(1, 1);
    kernel.put(0, new Uint8Array(0), [2n, 0n]);
    made.record(1, 1);
    expect(made.text).toBe(`\n${column(1)}\n\n${column(2)}\n`);
  });
});
