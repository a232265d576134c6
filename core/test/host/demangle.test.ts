import { expect, test } from 'vitest';
import { demangle, isMangled } from '../../src/host/symbols/demangle.js';

test.each([
  ['_ZN4shop3askEi', 'shop::ask(int)'],
  ['_ZNSt6vectorIiSaIiEE9push_backEOi', 'std::vector<int, std::allocator<int> >::push_back(int&&)'],
  ['_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE', 'core::fmt::Write::write_fmt'],
  ['_RNvCs1234_7mycrate3foo', 'mycrate::foo'],
  ['malloc', 'malloc'],
  ['_Znot a name', '_Znot a name'],
])('%s is %s', (mangled, name) => {
  expect(demangle(mangled)).toBe(name);
});

test('names that are not mangled are known at a glance', () => {
  expect(['_Z1fv', '__Z1fv', '_RNvCs_1a1b', 'main', '_start', 'Z'].map(isMangled)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});
