/** Sizes that options set hold to the byte, and policies do what they say. */
import { describe, expect, it } from 'vitest';
import type { OptionSetting } from '../../src/index.js';
import { run } from './live.js';

const options = (...list: readonly OptionSetting[]) => ({ options: list });
const texts = (clauses: number) =>
  Array.from({ length: clauses }, (_, i) => `BEGIN { trace("${i} "); }`).join(' ');

describe('buffers', () => {
  const two = options(['strsize', '100'], ['bufsize', '220']);

  it('have room for what was declared, and say on which CPU they had none', async () => {
    const { text, complaints } = await run(`${texts(3)} BEGIN { exit(0); }`, two);
    expect(text).toBe('0 1 \n');
    expect(complaints).toEqual([expect.stringMatching(/^dtrace: 1 drop on CPU \d+$/)]);
  });

  it('have room again once they were read', async () => {
    const { text, complaints } = await run(
      `${texts(2)} END { trace("2 "); trace("3 "); } BEGIN { exit(0); }`,
      two,
    );
    expect([text, complaints]).toEqual(['0 1 2 3 \n', []]);
  });

  it('that hold no record at all are refused', async () => {
    await expect(run('BEGIN { trace("x"); exit(0); }', options(['bufsize', '64']))).rejects.toThrow(
      'Enabling exceeds size of buffer',
    );
  });

  it('filled once keep the first records, and end the run without a loss', async () => {
    const script = 'int i; tick-1ms { printf("%d ", i++); } END { printf("end"); }';
    const fill = options(['bufpolicy', 'fill'], ['bufsize', '64'], ['statusrate', '10ms']);
    const { text, complaints } = await run(script, fill);
    expect([text, complaints]).toEqual(['0 1 2 3 4 5 6 7 end\n', []]);
  });

  it('that are to be filled once have room for END, or are refused', async () => {
    const script = 'BEGIN { exit(0); } END { trace("x"); }';
    await expect(run(script, options(['bufpolicy', 'fill'], ['bufsize', '64']))).rejects.toThrow(
      'END enablings exceed size of principal buffer',
    );
  });

  it('used as rings keep the last records', async () => {
    const script = 'int i; tick-1ms { printf("%d ", i++); } tick-1ms /i == 500/ { exit(0); }';
    const { text, complaints } = await run(
      script,
      options(['bufpolicy', 'ring'], ['bufsize', '40'], ['cpu', '0']),
    );
    expect([text, complaints]).toEqual(['496 497 498 499 \n', []]);
  });
});

describe('aggregations and arrays', () => {
  it('take as many keys as there is room for', async () => {
    const script = 'BEGIN { @["a"] = count(); @["b"] = count(); @["c"] = count(); exit(0); }';
    const { text, complaints } = await run(script, options(['strsize', '512'], ['aggsize', '1100']));
    expect(text.trim().split(/\s+/)).toEqual(['a', '1', 'b', '1']);
    expect(complaints).toEqual([expect.stringMatching(/^dtrace: 1 aggregation drop on CPU \d+$/)]);
  });

  it('lose new elements when there is no room', async () => {
    const script = 'BEGIN { a[1] = 1; a[2] = 1; a[3] = 1; printf("%d%d%d", a[1], a[2], a[3]); exit(0); }';
    const { text, complaints } = await run(script, options(['dynvarsize', '40']));
    expect([text, complaints]).toEqual(['110\n', ['dtrace: 1 dynamic variable drop']]);
  });

  it('without room for one are refused', async () => {
    const tooSmall = 'Enabling exceeds size of buffer';
    await expect(run('BEGIN { @ = count(); exit(0); }', options(['aggsize', '8']))).rejects.toThrow(tooSmall);
    await expect(run('BEGIN { a[1] = 1; exit(0); }', options(['dynvarsize', '15']))).rejects.toThrow(
      tooSmall,
    );
  });

  it('show what each CPU counted', async () => {
    const script = 'BEGIN { @ = sum(7); exit(0); }';
    const { text } = await run(script, options(['aggpercpu', undefined]));
    const shares = [...text.matchAll(/\[CPU \d+\] +(\d+)/g)].map(([, share]) => Number(share));
    expect(shares.reduce((a, b) => a + b)).toBe(7);
    expect(shares.filter((share) => share > 0)).toEqual([7]);
  });
});

describe('speculations', () => {
  const script = `
    BEGIN { spec = speculation(); }
    BEGIN { speculate(spec); trace((long)1); trace((long)2); done++; }
    BEGIN { commit(spec); }
    BEGIN { printf(" %d", done); exit(0); }`;

  it.each([
    ['32', '12 1', 0],
    ['31', ' 0', 1],
  ])('of %s bytes', async (size, expected, drops) => {
    const { text, complaints } = await run(script, options(['specsize', size]));
    expect(text).toBe(`${expected}\n`);
    expect(complaints).toHaveLength(drops);
  });
});

describe('speculations under conditions', () => {
  it('count each record they make', async () => {
    const script = `
      BEGIN { spec = speculation(); }
      BEGIN { speculate(spec); for (i = 0; i < 5; i++) { printf("%d ", (long)i); } }
      BEGIN { commit(spec); } BEGIN { exit(0); }`;
    const { text, complaints } = await run(script, options(['specsize', '84']));
    expect([text, complaints]).toEqual(['0 1 2 \n', ['dtrace: 2 speculative drops']]);
  });
});

describe('errors in ERROR', () => {
  it('are counted', async () => {
    const script = 'BEGIN { trace(*(int *)64); } ERROR { trace(*(int *)65); } BEGIN { exit(0); }';
    const { complaints } = await run(script);
    expect(complaints).toEqual([
      expect.stringContaining('invalid address (0x40)'),
      'dtrace: 1 error in ERROR probe enabling',
    ]);
  });
});

describe('rates', () => {
  it('aggregations that are read seldom print what they were', async () => {
    const script = 'tick-2ms { @ = count(); printa("%@d ", @); } tick-2ms /i++ == 20/ { exit(0); }';
    const seldom = await run(script, options(['aggrate', '1hour'], ['switchrate', '5ms']));
    expect(new Set(seldom.text.trim().split(' ')).size).toBeLessThanOrEqual(2);
  });
});
