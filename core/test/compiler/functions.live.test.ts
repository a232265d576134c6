/** Functions written in D, with any statements in their bodies. */
import { describe, expect, it } from 'vitest';
import { Evaluation, evaluate } from './evaluate.js';
import { runProgram } from './run-program.js';

const values = async (text: string) => {
  const { records } = await runProgram(text);
  return records.map(({ actions }) => actions.flatMap((action) => action.values));
};

describe('functions', () => {
  it('loop, branch and return from inside', async () => {
    const declare = `
int gcd(int a, int b) { while (b != 0) { int r = a % b; a = b; b = r; } return a; }
int digits(uint64_t n) { int count = 0; do { count++; n /= 10; } while (n); return count; }
int find(string text, char wanted) {
	for (int i = 0; i < strlen(text); i++) { if (text[i] == wanted) return i; }
	return -1;
}
int64_t n; int64_t m; string a;`;
    const e = await Evaluation.open(['gcd(n, m)', 'digits(n)', 'find(a, (char)m)'], { declare });
    expect(e.all(84n, 36n, '')).toEqual([12, 2, -1]);
    expect(e.all(7n, 98n, 'abc')).toEqual([7, 1, 1]);
    await e.close();
  });

  it('call each other, in arguments too', async () => {
    const declare = `
int twice(int x) { int y = x; y += x; return y; }
int both(int x, int y) { int z = twice(x); z += twice(y); return z; }`;
    expect(await evaluate('both(twice(1), twice(twice(2))) + twice(3) - twice(twice(1))', { declare })).toBe(
      2 * 2 + 2 * 8 + 6 - 4,
    );
  });

  it('change their parameters where they only return', async () => {
    const declare = 'int f(int x) { if (x < 0) return -(x -= 1); return x++ + x; }';
    expect(await evaluate('f(3) * 100 + f(-4)', { declare })).toBe(705);
  });

  it('keep arguments apart from those of calls among them', async () => {
    const declare = `
int minus(int x, int y) { int z = x; z -= y; return z; }
string both(string x, string y) { string z = strjoin(x, y); return z; }`;
    expect(await evaluate('minus(10, minus(7, minus(3, 1)))', { declare })).toBe(10 - (7 - (3 - 1)));
    expect(await evaluate('both(both("a", "b"), both("c", both("d", "e")))', { declare })).toBe('abcde');
  });

  it('take and give strings', async () => {
    const declare = `
string repeated(string s, int n) { string r = ""; while (n-- > 0) r = strjoin(r, s); return r; }`;
    const joined = 'strjoin(repeated("ab", 3), repeated("c", 2))';
    expect(await evaluate(joined, { declare })).toBe('abababcc');
    expect(await evaluate('repeated("x", 2) < repeated("x", 3)', { declare })).toBe(1);
  });

  it('record, aggregate and fault', async () => {
    const text = `
void note(int x) { if (x == 0) return; trace(x); @seen[x] = count(); }
int per(int x) { int y = 10; y = y / x; return y; }
BEGIN { note(0); note(4); trace(per(5)); note(4); }
BEGIN { trace(per(x)); }`;
    const { records, faults, aggregations } = await runProgram(`int x; ${text}`);
    expect(records.map(({ actions }) => actions.flatMap((action) => action.values))).toEqual([[4], [4], [2]]);
    expect(faults.map(({ fault }) => fault)).toEqual([4]);
    expect(aggregations.get('seen')?.rows.map(({ value }) => value)).toEqual([2]);
  });

  it('leave the names around a call alone', async () => {
    const text = `
int f(int x) { int y = x; y++; this->z = y; return y; }
BEGIN { int y = 7; int x = 5; trace(f(x)); trace(x); trace(y); trace(this->z); }`;
    expect(await values(text)).toEqual([[6, 5, 7, 6]]);
  });

  it('work in predicates, and see the clause', async () => {
    const text = `
int even(int x) { int r = x; r %= 2; return !r; }
int here() { int n = strlen(probename); return n; }
BEGIN /even(3)/ { trace(1); } BEGIN /even(4)/ { trace(here()); }`;
    expect(await values(text)).toEqual([[5]]);
  });
});
