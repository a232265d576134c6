/** Strings that are not there: what has not been assigned in a thread or an array, what a search did not find, NULL. */
import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.js';

const nowhere = { fault: 1, address: 0n };

describe('a string that is not there', () => {
  it.each([
    ['self->s', 'self string s;', ''],
    ['a[3]', 'string a[int];', 'a[4] = "x";'],
    ['g', 'string g;', 'g = "x"; g = NULL;'],
    ['this->s', '', 'this->s = "x"; this->s = NULL;'],
    ['b[1]', '', 'b[1] = "x"; b[1] = NULL;'],
    ['found', '', 'found = strchr("abc", 120);'],
    ['copy', 'self string s;', 'copy = self->s;'],
    ['chosen', 'self string s;', 'chosen = pid == -1 ? "x" : self->s;'],
  ])('%s is NULL, equal to others of its kind and less than any text', async (name, declare, before) => {
    const from = { declare, before };
    expect(await evaluate(`${name} == NULL`, from)).toBe(1);
    expect(await evaluate(`${name} == "" ? 1 : ${name} < "" ? 2 : 3`, from)).toBe(2);
    expect(await evaluate(`"" > ${name}`, from)).toBe(1);
    expect(await evaluate(`${name} == strchr("abc", 120)`, from)).toBe(1);
    expect(await evaluate(name, from)).toMatchObject(nowhere);
    expect(await evaluate(`strlen(${name})`, from)).toMatchObject(nowhere);
  });

  it('has no characters: the fault names the address', async () => {
    const from = { before: 'g = "x"; g = NULL;' };
    expect(await evaluate('g[5]', from)).toMatchObject({ fault: 1, address: 5n });
  });

  it('is not the empty string, which global and clause-local variables are at first', async () => {
    const from = { declare: 'string g; this string l; self string s;', before: 'self->s = "";' };
    for (const name of ['g', 'this->l', 'self->s']) {
      expect(await evaluate(`${name} == "" && ${name} != NULL`, from)).toBe(1);
    }
  });
});
