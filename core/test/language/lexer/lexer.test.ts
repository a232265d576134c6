import { describe, expect, test } from 'vitest';
import { decodeEscapes } from '../../../src/language/lexer/escapes.js';
import { Lexer } from '../../../src/language/lexer/lexer.js';
import { keywords, punctuators } from '../../../src/language/lexer/tokens.js';
import { locate } from '../../../src/language/lines.js';
import { bytesOfText } from '../../../src/language/text-bytes.js';

function tokens(text: string): string[] {
  const lexer = new Lexer({ name: 'test.d', text });
  const found: string[] = [];
  for (let token = lexer.next(); token.kind !== 'end'; token = lexer.next()) {
    const module = token.module === undefined ? '' : `${token.module}\``;
    found.push(
      token.kind === token.text
        ? token.kind
        : `${token.kind}:${module}${token.value ?? token.text}${token.suffix ?? ''}`,
    );
  }
  return [...found, ...lexer.diagnostics.map((d) => `!${d.tag}`)];
}

const cases: readonly [string, ...string[]][] = [
  ['a _b c9', 'name:a', 'name:_b', 'name:c9'],
  ['0 10 010 0x10 0XfF', 'integer:0', 'integer:10', 'integer:8', 'integer:16', 'integer:255'],
  [
    '1u 1L 1UL 1lu 1ll 1ULL',
    'integer:1u',
    'integer:1l',
    'integer:1ul',
    'integer:1ul',
    'integer:1ll',
    'integer:1ull',
  ],
  ['18446744073709551615', 'integer:18446744073709551615'],
  ['18446744073709551616', 'integer:0', '!D_INT_OFLOW'],
  ['0128', 'integer:0', '!D_INT_DIGIT'],
  ['12abc', 'integer:12', 'name:abc'],
  ['1uu', 'integer:1u', 'name:u'],
  ['1.5 .5 1. 1e5 1.5e-3f', 'real:1.5', 'real:.5', 'real:1.', 'real:1e5', 'real:1.5e-3f'],
  [
    "'a' '\\n' '\\0' '\\x41' '\\101'",
    'character:97',
    'character:10',
    'character:0',
    'character:65',
    'character:65',
  ],
  ["'\\c' '\\\\' '\\\"'", 'character:23651', 'character:92', 'character:34'],
  ["'\\377'", 'character:-1'],
  ["'abcdefgh'", `character:${0x6162636465666768n}`],
  ["'abcdefghi'", `character:${0x6162636465666768n}`, '!D_CHR_OFLOW'],
  ["''", 'character:0', '!D_CHR_NULL'],
  ["'a\n", 'character:0', '!D_CHR_NL'],
  ['"a\\tb"', 'text:a\tb'],
  ['"a\n', 'text:a', '!D_STR_NL'],
  ['"a', 'text:a', '!D_SYNTAX'],
  ['"a\\\nb"', 'text:ab'],
  ['$pid $1 $$2 $# $target', 'macro:$pid', 'macro:$1', 'macro:$$2', 'macro:$#', 'macro:$target'],
  ['$-1', 'bad:$', '-', 'integer:1', '!D_SYNTAX'],
  ['@a @', 'aggregation:a', 'aggregation:'],
  ['`a m`a 8021q`b a`b`c', 'symbol:`a', 'symbol:m`a', 'symbol:8021q`b', 'symbol:a`b`c'],
  ['a/**/b // c\nd', 'name:a', 'name:b', 'name:d'],
  ['a /* b', 'name:a', '!D_SYNTAX'],
  ['a\\\nb', 'name:a', 'name:b'],
  ['a ^^ b>>=c...', 'name:a', '^^', 'name:b', '>>=', 'name:c', '...'],
  ['é', 'bad:é', '!D_SYNTAX'],
  ['a # b', 'name:a', 'bad:#', 'name:b', '!D_SYNTAX'],
];

describe('tokens', () => {
  for (const [text, ...expected] of cases) test(text, () => expect(tokens(text)).toEqual(expected));
  test('every keyword and punctuator', () => {
    for (const word of [...keywords, ...punctuators]) expect(tokens(` ${word} `)).toEqual([word]);
  });
  test('control lines are kept apart', () => {
    const lexer = new Lexer({ name: 'x', text: 'a\n  #pragma D \\\n option\nb' });
    lexer.next();
    expect(lexer.next().text).toBe('b');
    expect(lexer.controls).toEqual([{ start: 4, end: 23 }]);
  });
  test('looking ahead leaves no trace', () => {
    const lexer = new Lexer({ name: 'x', text: '\n#a\n"b' });
    const mark = lexer.mark();
    lexer.next();
    expect([lexer.controls.length, lexer.diagnostics.length]).toEqual([1, 1]);
    lexer.reset(mark);
    expect([lexer.controls.length, lexer.diagnostics.length]).toEqual([0, 0]);
  });
});

describe('escapes', () => {
  const bytes: readonly [string, readonly number[]][] = [
    ['a\\"\\\\\\n', [97, 34, 92, 10]],
    ['\\xc3\\xa9', [0xc3, 0xa9]],
    ['\\xff\\0', [0xff, 0]],
    ["\\'\\?", [92, 39, 92, 63]],
    ['é', [0xc3, 0xa9]],
    ['🙂\\x80', [0xf0, 0x9f, 0x99, 0x82, 0x80]],
  ];
  for (const [raw, expected] of bytes)
    test(raw, () => expect([...bytesOfText(decodeEscapes(raw))]).toEqual(expected));
  test('escaped UTF-8 becomes text', () => expect(decodeEscapes('\\303\\251')).toBe('é'));
});

test('line markers move the place', () => {
  const text = 'a\n# 10 "inc.h" 1\nb\nc\n#line 3 "top.d"\nd';
  const source = { name: 'top.d', text };
  const at = (word: string) => locate(source, text.lastIndexOf(word));
  expect(locate(source, 0)).toEqual({ name: 'top.d', line: 1, column: 1 });
  expect(at('b')).toEqual({ name: 'inc.h', line: 10, column: 1 });
  expect(at('\nc')).toMatchObject({ name: 'inc.h', line: 10 });
  expect(locate(source, text.length - 1)).toEqual({ name: 'top.d', line: 3, column: 1 });
});
