import { describe, expect, test } from 'vitest';
import { isPattern, nameMatcher } from '../../src/probes/index.js';

describe('names are matched as the shell does', () => {
  test.each([
    ['', 'anything', true],
    ['*', '', true],
    ['read', 'read', true],
    ['read', 'readv', false],
    ['read*', 'readv', true],
    ['*stat', 'newfstat', true],
    ['*stat', 'newfstatat', false],
    ['?read', 'pread', true],
    ['?read', 'read', false],
    ['[pr]*', 'pread', true],
    ['[!pr]*', 'pread', false],
    ['[a-c]at', 'bat', true],
    ['[a-c]at', 'dat', false],
    ['[]x]y', ']y', true],
    ['[a-]b', '-b', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['[\\]]', ']', true],
    ['a.b', 'axb', false],
    ['(x|y)', 'x', false],
    ['[abc', 'a', false],
    ['[z-a]', 'z', false],
  ])('%j against %j: %s', (pattern, name, expected) => {
    expect(nameMatcher(pattern)(name)).toBe(expected);
  });

  test('a literal is no pattern', () => {
    expect(['read', 'profile-97', 'a.b'].map(isPattern)).toEqual([false, false, false]);
    expect(['', '*', 'a?', '[a]', '\\a'].map(isPattern)).toEqual([true, true, true, true, true]);
  });
});
