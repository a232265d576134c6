/** Programs at the kernel's and the compiler's limits. */
import { describe, expect, it } from 'vitest';
import { evaluateAll, runProgram } from './run-program.js';

const times = (n: number, text: (i: number) => string): string =>
  Array.from({ length: n }, (_, i) => text(i)).join('\n');

describe('limits', () => {
  it('runs hundreds of clauses on one probe, in order', async () => {
    const { records } = await runProgram(times(200, (i) => `BEGIN { trace(${i}); }`));
    expect(records.map(({ actions }) => actions[0]?.values[0])).toEqual(
      Array.from({ length: 200 }, (_, i) => i),
    );
  });

  it('keeps many clause-local variables in one frame', async () => {
    const text = `BEGIN { ${times(90, (i) => `this->v${i} = ${i} + x;`)} trace(${Array.from({ length: 90 }, (_, i) => `this->v${i}`).join(' + ')}); } `;
    const { records } = await runProgram(`int x; ${text}`);
    expect(records[0]?.actions[0]?.values[0]).toBe((89 * 90) / 2);
  });

  it('evaluates deeply nested expressions', async () => {
    const depth = 120;
    const nested = `${'(x + '.repeat(depth)}1${')'.repeat(depth)}`;
    expect(await evaluateAll([nested], 'x = 2;')).toEqual([depth * 2 + 1]);
  });

  it('uses more aggregations than one program may have maps', async () => {
    const { aggregations } = await runProgram(times(100, (i) => `BEGIN { @a${i} = sum(${i}); }`));
    expect(aggregations.size).toBe(100);
  });

  it.each(['8', '64', '1024', '16k', '60k'])('handles strings of %s', async (strsize) => {
    const [joined, length] = await evaluateAll(
      ['strjoin(a, b)', 'strlen(strjoin(a, "xyz"))'],
      'a = "abcd"; b = "efghijk";',
      [['strsize', strsize]],
    );
    expect(joined).toBe(strsize === '8' ? 'abcdefgh' : 'abcdefghijk');
    expect(length).toBe(7);
  });

  it('assigns what its own value assigns first', async () => {
    const { records } = await runProgram(
      'BEGIN { x = (x = 5) + 1; a[x] = (a[6] = 2); trace(x); trace(a[6]); }',
    );
    expect(records[0]?.actions.flatMap(({ values }) => values)).toEqual([6, 2]);
  });

  it('keeps what was evaluated before a side effect', async () => {
    const script = `string s; int i; int a[int]; BEGIN { this->x = 5; trace(this->x + this->x++); trace(this->x - (this->x = 1));
      s = "a"; trace(strjoin(s, (s = "b"))); trace(s == (s = "c")); s = strjoin(s, s); trace(s);
      i = 0; a[i++] += 7; trace(i); trace(a[0]); a[i++]++; trace(i); }`;
    const { records } = await runProgram(script);
    expect(records[0]?.actions.flatMap(({ values }) => values)).toEqual([10, 5, 'ab', 0, 'cc', 1, 7, 2]);
  });
});
