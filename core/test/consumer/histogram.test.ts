import { describe, expect, it } from 'vitest';
import { histogram } from '../../src/consumer/aggregation/histogram.js';
import { llquantizeBuckets } from '../../src/language/llquantize.js';
import { type Buckets, lquantizeBuckets, quantizeBuckets } from '../../src/language/quantize.js';
import { image, int, key32, Run, schema } from './fixture.js';

const plain = { aggzoom: false, encoding: 'ascii' } as const;

const title = '           value  ------------- Distribution ------------- count    ';

function drawn(
  name: 'quantize' | 'lquantize' | 'llquantize',
  buckets: Buckets,
  parameters: readonly bigint[],
  counts: readonly (readonly [value: bigint, count: bigint])[],
  normal = 1n,
): string[] {
  const words = new BigInt64Array(buckets.count + 1);
  for (const [value, count] of counts) words[buckets.index(value) + 1]! += count;
  const [empty, head, ...rows] = histogram(
    schema(name, [], parameters, words.length),
    words,
    normal,
    plain,
  ).split('\n');
  expect([empty, head, rows.pop()]).toEqual(['', title, '']);
  return rows;
}

const row = (label: string | number, bars: number, count: number | string): string =>
  `${String(label).padStart(16)} |${'@'.repeat(bars)}${' '.repeat(40 - bars)} ${String(count).padEnd(9)}`;

describe('quantize', () => {
  it('draws powers of two with an empty row at both ends', () => {
    expect(
      drawn(
        'quantize',
        quantizeBuckets,
        [],
        [
          [10n, 1n],
          [20n, 3n],
        ],
      ),
    ).toEqual([row(4, 0, 0), row(8, 10, 1), row(16, 30, 3), row(32, 0, 0)]);
  });

  it('has room for every 64-bit value', () => {
    const rows = drawn(
      'quantize',
      quantizeBuckets,
      [],
      [
        [-(2n ** 63n), 1n],
        [2n ** 63n - 1n, 1n],
      ],
    );
    expect(rows[0]).toBe('-4611686018427387904 |@@@@@@@@@@@@@@@@@@@@                     1        ');
    expect(rows).toHaveLength(127);
  });

  it('draws negative counts towards the left', () => {
    expect(drawn('quantize', quantizeBuckets, [], [[1n, -12n]])).toEqual([
      `${'0'.padStart(16)} ${' '.repeat(40)}| 0        `,
      `${'1'.padStart(16)} ${'@'.repeat(40)}| -12      `,
      `${'2'.padStart(16)} ${' '.repeat(40)}| 0        `,
    ]);
    expect(
      drawn(
        'quantize',
        quantizeBuckets,
        [],
        [
          [1n, -1n],
          [2n, 1n],
        ],
      ),
    ).toEqual([
      `${'0'.padStart(16)} ${' '.repeat(20)}|${' '.repeat(20)} 0        `,
      `${'1'.padStart(16)} ${' '.repeat(10)}${'@'.repeat(10)}|${' '.repeat(20)} -1       `,
      `${'2'.padStart(16)} ${' '.repeat(20)}|${'@'.repeat(10)}${' '.repeat(10)} 1        `,
      `${'4'.padStart(16)} ${' '.repeat(20)}|${' '.repeat(20)} 0        `,
    ]);
  });

  it('shows the middle when everything cancelled out', () => {
    expect(drawn('quantize', quantizeBuckets, [], [])).toEqual([row(-1, 0, 0), row(0, 0, 0), row(1, 0, 0)]);
  });

  it('normalizes counts, not bars', () => {
    expect(drawn('quantize', quantizeBuckets, [], [[0n, 50n]], 10n)[1]).toBe(row(0, 40, 5));
  });
});

describe('lquantize', () => {
  it('names the open ends', () => {
    const buckets = lquantizeBuckets(0n, 10n, 5n);
    expect(
      drawn(
        'lquantize',
        buckets,
        [0n, 10n, 5n],
        [
          [-3n, 1n],
          [0n, 1n],
          [9n, 1n],
          [10n, 1n],
        ],
      ),
    ).toEqual([row('< 0', 10, 1), row(0, 10, 1), row(5, 10, 1), row('>= 10', 10, 1)]);
  });

  it('rounds towards the lower bound below zero', () => {
    const buckets = lquantizeBuckets(-10n, 10n, 5n);
    expect([-10n, -6n, -5n, -1n, 0n].map((value) => buckets.index(value))).toEqual([1, 1, 2, 2, 3]);
  });
});

describe('llquantize', () => {
  it('cuts each magnitude into steps', () => {
    expect(llquantizeBuckets(10n, 0n, 1n, 10n).bounds.map(Number)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100,
    ]);
    expect(llquantizeBuckets(4n, 0n, 1n, 2n).bounds.map(Number)).toEqual([1, 2, 4, 8, 16]);
    expect(llquantizeBuckets(4n, 0n, 1n, 8n).bounds.map(Number)).toEqual([1, 2, 3, 4, 6, 8, 10, 12, 14, 16]);
    expect(llquantizeBuckets(3n, 3n, 3n, 27n).bounds.slice(0, 3).map(Number)).toEqual([27, 30, 33]);
    expect(llquantizeBuckets(10n, 0n, 3n, 1n).bounds.map(Number)).toEqual([1, 10, 100, 1000, 10000]);
  });

  it('mirrors negative values', () => {
    const buckets = llquantizeBuckets(4n, 1n, 1n, 4n);
    expect(
      drawn(
        'llquantize',
        buckets,
        [4n, 1n, 1n, 4n],
        [
          [-20n, 1n],
          [-5n, 1n],
          [3n, 1n],
          [16n, 1n],
        ],
      ),
    ).toEqual([
      row('<= -16', 10, 1),
      row(-12, 0, 0),
      row(-8, 0, 0),
      row(-4, 10, 1),
      row('abs() < 4', 10, 1),
      row(4, 0, 0),
      row(8, 0, 0),
      row(12, 0, 0),
      row('>= 16', 10, 1),
    ]);
    expect(drawn('llquantize', buckets, [4n, 1n, 1n, 4n], [[4n, 1n]])).toEqual([
      row('< 4', 0, 0),
      row(4, 40, 1),
      row(8, 0, 0),
    ]);
  });
});

describe('every layout', () => {
  it.each([
    ['quantize', quantizeBuckets],
    ['lquantize', lquantizeBuckets(-7n, 20n, 3n)],
    ['llquantize', llquantizeBuckets(10n, 1n, 3n, 20n)],
    ['llquantize from 1', llquantizeBuckets(2n, 0n, 5n, 4n)],
  ])('%s: ranges are where values go', (_name, buckets) => {
    for (let value = -3000n; value <= 12_000n; value += 7n) {
      const { from, to } = buckets.range(buckets.index(value));
      expect((from === undefined || from <= value) && (to === undefined || value <= to)).toBe(true);
    }
    for (let index = 1; index < buckets.count; index++) {
      expect(buckets.range(index).from).toBe(buckets.range(index - 1).to! + 1n);
    }
  });
});

describe('compact forms', () => {
  it('draws values as bars', () => {
    const made = new Run(image([], [schema('count', [int(0)])]), { quiet: true, agghist: true });
    made.kernel.put(0, key32(1), [1n, 0n]);
    made.kernel.put(0, key32(2), [3n, 0n]);
    const lines = made.finish().split('\n');
    expect(lines[2]).toBe(title.replace('value', '  key'));
    expect(lines.slice(3, 5)).toEqual([row(1, 10, 1), row(2, 30, 3)]);
  });

  it('packs a distribution into a line', () => {
    const made = new Run(image([], [schema('lquantize', [int(0)], [0n, 3n, 1n], 6)]), {
      quiet: true,
      aggpack: true,
    });
    made.kernel.put(0, key32(1), [4n, 0n, 1n, 3n, 0n, 0n]);
    expect(made.finish()).toBe('\n\nkey min .----. max | count\n  1  <0 : xx : 2   | 4\n');
  });

  it('zooms to the largest count', () => {
    const words = BigInt64Array.of(4n, 0n, 1n, 3n, 0n, 0n);
    const zoomed = histogram(schema('lquantize', [], [0n, 3n, 1n], 6), words, 1n, {
      ...plain,
      aggzoom: true,
    });
    expect(zoomed.split('\n').map((line) => line.split('@').length - 1)).toEqual([0, 0, 0, 13, 38, 0, 0]);
  });

  it('draws with eighths of blocks where the terminal has them', () => {
    const words = BigInt64Array.of(4n, 0n, 1n, 2n, 0n, 0n);
    const text = histogram(schema('lquantize', [], [0n, 3n, 1n], 6), words, 1n, {
      ...plain,
      encoding: 'utf8',
    });
    expect(text).toContain(`|${'█'.repeat(13)}▍${' '.repeat(26)} 1`);
    expect(text).toContain(`|${'█'.repeat(26)}▋${' '.repeat(13)} 2`);
  });
});
