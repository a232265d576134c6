import { hasFeature } from 'ebpf-napi';
import { describe, expect, it } from 'vitest';
import { quantizeBuckets, quantizeCount, quantizeValue } from '../../src/language/quantize.js';
import { run } from './live.js';

const times = (n: number, text: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => text(i)).join('\n');

describe('aggregations', () => {
  it('may be more in one clause than a program may have maps', async () => {
    const script = `BEGIN {
      ${times(200, (i) => `@k${i}[${i}] = max(${i}); @s${i} = sum(${i});`)}
      clear(@k1); trunc(@k2); clear(@s3);
      ${times(5, (i) => `printa("%d:%@d ", @k${i}); printa("%@d ", @s${i});`)}
      printa("%d:%@d ", @k199); printa("%@d", @s199);
      exit(0);
    }`;
    const { text } = await run(script);
    expect(text.trim().split('\n')[0]).toMatch(/^0:0 0 1:-?\d+ 1 2 3:3 0 4:4 4 199:199 199$/);
  });

  it('show each key as the clause has it, whatever others use', async () => {
    const shown = async (...keys: string[]) => {
      const { text } = await run(
        `${keys.map((key) => `BEGIN { @[${key}] = count(); }`).join(' ')} BEGIN { exit(0); }`,
      );
      return text
        .trim()
        .split(/ +1\n */)
        .map((row) => row.trim().replace(/ +1$/, ''));
    };
    expect(await shown('probeprov', 'probename', '"x"')).toEqual(['BEGIN', 'dtrace', 'x']);
    expect(await shown('(char)65', '3000', '(char)-3', '1LL << 40')).toEqual([
      '65',
      '3000',
      '1099511627776',
      '-3',
    ]);
    expect(await shown('(short)(65536 + 7)', '8')).toEqual(['7', '8']);
    const frames = (await shown('stack(1)', 'stack(3)')).map((stack) => stack.split('`').length - 1);
    expect(frames).toEqual([1, 3]);
    await expect(shown('sym(1)', 'mod(1)')).rejects.toThrow('aggregation.key-display');
  });

  it('of distributions may be some thousands in one clause', async () => {
    // A kernel without long jumps takes much shorter programs.
    const count = hasFeature('cpu_v4') ? 2000 : 300;
    const { text } = await run(`BEGIN { x = 5; ${times(count, () => '@ = quantize(x);')} exit(0); }`);
    expect(text).toMatch(new RegExp(` 4 \\|@+ +${count} `));
  });

  it('quantize() has the bucket of every power and of what is beside it', async () => {
    const powers = Array.from({ length: 63 }, (_, i) => 1n << BigInt(i));
    const values = [0n, -(1n << 63n), ...powers.flatMap((p) => [p, p - 1n, -p, -p - 1n])];
    const expected = new Map<bigint, number>();
    for (const value of values) {
      const label = quantizeValue(quantizeBuckets.index(value));
      expected.set(label, (expected.get(label) ?? 0) + 1);
    }
    const written = (value: bigint) => (value === -(1n << 63n) ? '(1LL << 63)' : `${value}LL`);
    const { text } = await run(
      `BEGIN { ${values.map((v) => `@ = quantize(${written(v)});`).join(' ')} exit(0); }`,
    );
    const rows = [...text.matchAll(/^ *(-?\d+) \|[@ ]* (\d+) *$/gm)].filter(([, , count]) => count !== '0');
    expect(new Map(rows.map(([, label, count]) => [BigInt(label!), Number(count)]))).toEqual(expected);
    expect(expected.size).toBe(quantizeCount);
  });
});
