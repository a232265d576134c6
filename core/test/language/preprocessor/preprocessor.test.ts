import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { locate } from '../../../src/language/lines.js';
import { messageText } from '../../../src/language/messages.js';
import {
  needsPreprocessor,
  type PreprocessOptions,
  preprocess,
} from '../../../src/language/preprocessor/index.js';

const files: Readonly<Record<string, string>> = {
  'dir/a.h': '#define A 1\nint a;\n',
  'sys/b.h': '#pragma once\nint b;',
  'loop.h': '#include "loop.h"\n',
};
const run = (text: string, options: PreprocessOptions = {}) =>
  preprocess(
    { name: 'dir/main.d', text },
    { loader: { read: (path) => files[path] }, includePaths: ['sys', ''], ...options },
  );
const output = (text: string, options: PreprocessOptions = {}) => run(text, options).source.text;
/** Lines with something on them. */
const lines = (text: string, options: PreprocessOptions = {}) =>
  output(text, options)
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '');

const expansions: readonly [string, ...string[]][] = [
  ['#define X 3\nX XX "X" \'X\' /*X*/ X', '3 XX "X" \'X\' /*X*/ 3'],
  ['#define P syscall\nP::read:entry,P:::X', 'syscall::read:entry,syscall:::X'],
  ['#define f(a, b) a + b\nf(1, (2, 3)) f f (4,5)', '1 + (2, 3) f 4 + 5'],
  ['#define s(x) #x\ns(a  "b\\n")', '"a \\"b\\\\n\\""'],
  ['#define c(a, b) a ## b\nc(x, 1) c(, y) c(<, <)', 'x1 y <<'],
  ['#define v(f, ...) g(f, ## __VA_ARGS__)\nv(1) v(1, 2, 3)', 'g(1) g(1,2, 3)'],
  ['#define r(x...) [x]\nr(1, 2)', '[1, 2]'],
  ['#define a b\n#define b a\na b', 'a b'],
  ['#define f(x) f(f(x))\nf(1)', 'f(f(1))'],
  ['#define f(x) x\n#define g f\ng(2)', '2'],
  ['#define M -1\n-M', '- -1'],
  ['#define N 1\n#undef N\nN', 'N'],
  ['#define long_one a \\\n  b\nlong_one', 'a b'],
  ['#define e\ne(1)', '(1)'],
  ['#define f() 7\nf() f( )', '7 7'],
  ['#define f(x) <x>\nf(a\nb)', '<a b>'],
  ['#pragma D option A\n#define A 1\n#pragma D option A', '#pragma D option A', '#pragma D option A'],
  ['\n__LINE__ __FILE__', '2 "dir/main.d"'],
  ['#line 40 "x.d"\n__LINE__ __FILE__', '#line 40 "x.d"', '40 "x.d"'],
];

describe('macros', () => {
  for (const [text, ...expected] of expansions) test(text, () => expect(lines(text)).toEqual(expected));
  test('-D and -U', () => {
    expect(lines('A B C', { defines: ['A', 'B=x y', 'C=1'], undefines: ['C'] })).toEqual(['1 x y C']);
  });
});

const conditions: readonly [string, boolean][] = [
  ['1', true],
  ['0', false],
  ['defined(A) && defined B', false],
  ['defined A || defined(B)', true],
  ['!defined(B) && A == 5', true],
  ['A > 4 ? 0 : 1', false],
  ['-1 < 0', true],
  ['-1 < 0u', false],
  ['~0 == -1', true],
  ['1 << 3 == 8', true],
  ['(2 + 3) * 4 % 7 == 6', true],
  ["'a' == 97 && L'\\0' == 0", true],
  ['0x10 == 020', true],
  ['undefined_name', false],
  ['0 && 1 / 0', false],
  ['1 || 1 / 0', true],
  ['TWICE(3) == 6', true],
];

describe('#if', () => {
  for (const [condition, holds] of conditions) {
    test(condition, () => {
      const text = `#define A 5\n#define TWICE(x) ((x) * 2)\n#if ${condition}\nyes\n#else\nno\n#endif`;
      expect(run(text).diagnostics).toEqual([]);
      expect(lines(text)).toEqual([holds ? 'yes' : 'no']);
    });
  }
  test('only one branch is taken, groups nest', () => {
    expect(lines('#if 0\na\n#if 1\nb\n#endif\n#elif 1\nc\n#elif 1\nd\n#else\ne\n#endif\nf')).toEqual([
      'c',
      'f',
    ]);
    expect(lines('#ifdef X\na\n#else\nb\n#endif\n#ifndef X\nc\n#endif')).toEqual(['b', 'c']);
  });
  test('a # in comments and strings is no directive', () => {
    expect(lines('/*\n#if 0\n*/\na "\\\n#if 0"')).toEqual(['/*', '#if 0', '*/', 'a "\\', '#if 0"']);
  });
});

describe('#include', () => {
  test('lines lead back to their files', () => {
    const {
      source,
      diagnostics,
      files: read,
    } = run('x\n#include "a.h"\nA\n#include <b.h>\n#include <b.h>\ny');
    expect(diagnostics).toEqual([]);
    expect(read).toEqual(['dir/a.h', 'sys/b.h']);
    const at = (word: string) => locate(source, source.text.indexOf(word));
    expect(at('int a')).toMatchObject({ name: 'dir/a.h', line: 2 });
    expect(at('int b')).toMatchObject({ name: 'sys/b.h', line: 2 });
    expect(locate(source, source.text.lastIndexOf('y'))).toMatchObject({ name: 'dir/main.d', line: 6 });
    expect(locate(source, source.text.search(/^1$/m))).toMatchObject({ name: 'dir/main.d', line: 3 });
  });
});

const wrong: readonly [string, string][] = [
  ['#if 1', 'this #if is never closed with #endif'],
  ['#endif', '#endif without #if'],
  ['#else', '#else without #if'],
  ['#if 1\n#else\n#else\n#endif', '#else after #else'],
  ['#error no way', '#error: no way'],
  ['#include "none.h"', 'cannot find none.h to include'],
  ['#include x', '#include needs "file" or <file>'],
  ['#include "../loop.h"\n#include "/loop.h"', 'cannot find ../loop.h to include'],
  ['#define', '#define needs the name of a macro'],
  ['#define f(a, a) a', 'the parameters of macro f are not well formed'],
  ['#define f(a', 'the parameters of macro f are not well formed'],
  ['#define f(a) ## a', '## cannot stand at the beginning or the end of macro f'],
  ['#define f(a) a\nf(1, 2)', 'macro f takes 1 arguments, not 2'],
  ['#define f(a) a\nf(1', 'the arguments of macro f are never closed'],
  ['#if 1 +\n#endif', '#if: expected a value but found the end of the line'],
  ['#if 1 / 0\n#endif', '#if: division by zero'],
  ['#frobnicate', '#frobnicate is not a directive the preprocessor knows'],
  ['#line x', '#line needs a number, and perhaps a "file"'],
];

describe('diagnostics', () => {
  for (const [text, message] of wrong) {
    test(text, () => {
      const [first] = run(text).diagnostics;
      expect(first && messageText(first)).toBe(message);
      expect(first?.span?.source.name).toBe('dir/main.d');
    });
  }
  test('what would never end is ended', () => {
    const loop = preprocess(
      { name: 'loop.h', text: files['loop.h']! },
      { loader: { read: (path) => files[path] } },
    );
    expect(loop.diagnostics.map((d) => d.id)).toEqual(['preprocessor.include-depth']);
    const doubling = Array.from({ length: 40 }, (_, i) => `#define e${i} e${i + 1} e${i + 1}`).join('\n');
    expect(run(`${doubling}\ne0`).diagnostics.map((d) => d.id)).toEqual(['preprocessor.expansions']);
    expect(
      run(`#define f(x) x\n${'f('.repeat(20_000)}1${')'.repeat(20_000)}`).diagnostics.map((d) => d.id),
    ).toEqual(['preprocessor.expansions']);
    expect(run(`#if ${'('.repeat(20_000)}`).diagnostics.length).toBeGreaterThan(0);
  });
});

test('lines are kept whatever the text is', () => {
  const piece = fc.constantFrom(
    '#define ',
    '#if ',
    '#else\n',
    '#endif\n',
    '#undef ',
    'f(',
    'x',
    ')',
    ',',
    '##',
    '#',
    '"',
    "'",
    '/*',
    '*/',
    '\\\n',
    '\n',
    ' ',
    '1',
    '(x) ',
    'f',
    '__VA_ARGS__',
    '...',
    'defined ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join('');
      const { source } = run(text);
      // Macro bodies join lines with backslashes only, never with newlines of their own.
      expect(source.text.split('\n').length).toBe(text.split('\n').length);
    }),
    { numRuns: 1500 },
  );
});

test('a text without macros is not touched', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }).filter((s) => !s.includes('#') && !s.includes('__')),
      (text) => {
        expect(output(text)).toBe(text);
      },
    ),
  );
});

test('needsPreprocessor', () => {
  expect(needsPreprocessor('a\n # include <x>\n')).toBe(true);
  expect(needsPreprocessor('#pragma D option quiet\n#!x\n# 1 "f"\na #if')).toBe(false);
});
