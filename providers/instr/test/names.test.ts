import { describe, expect, test } from 'vitest';
import { namedInstructions, nameFinder, withoutPadding } from '../src/names.js';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** push; cmp; je; call; lock inc; pop; ret */
const CODE = bytes('55 4839d8 7405 e800000000 f0ff07 5d c3');

const names = (pattern: string) => [...namedInstructions(CODE, nameFinder(pattern))].map(({ name }) => name);

describe('names', () => {
  test.each([
    ['', ['push-0', 'cmp-1', 'jcc-4', 'call-6', 'lock-b', 'pop-e', 'ret-f']],
    ['jcc-*', ['jcc-4']],
    ['j*', ['jcc-4']],
    ['je-*', ['je-4']],
    ['inc-*', ['inc-b']],
    ['call-6', ['call-6']],
    ['call-06', []],
    ['*-[0-4]', ['push-0', 'cmp-1', 'jcc-4']],
    ['jne-*', []],
  ])('%s', (pattern, expected) => {
    expect(names(pattern)).toEqual(expected);
  });

  test('where they are', () => {
    expect([...namedInstructions(CODE, nameFinder('lock-*'))]).toEqual([
      { name: 'lock-b', offset: 11, length: 3 },
    ]);
  });
});

test('what lies between functions is none of theirs', () => {
  expect(withoutPadding(bytes('55 c3 cc cc 6690 0f1f4000'))).toEqual(bytes('55 c3'));
  expect(withoutPadding(bytes('90 90'))).toEqual(bytes('90 90'));
});
