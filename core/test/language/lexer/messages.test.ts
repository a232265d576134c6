import { expect, test } from 'vitest';
import { codeFrame } from '../../../src/language/frames.js';
import { diagnostic, formatDiagnostic, messages } from '../../../src/language/messages.js';
import { parseProgram } from '../../../src/language/parser/index.js';

const source = { name: 'a.d', text: 'BEGIN\n{\n\ttrace(x y);\n}\n' };
const start = source.text.indexOf('y');
const found = diagnostic(
  'syntax.expected',
  { source, start, end: start + 1 },
  { expected: "')'", found: '"y"' },
  { hint: 'try less' },
);

test('one line', () => {
  expect(formatDiagnostic(found)).toBe('line 3: syntax error near "y"');
  expect(formatDiagnostic(found, { tags: true, main: 'a.d' })).toBe(
    '[D_SYNTAX] line 3: syntax error near "y"',
  );
  expect(formatDiagnostic(found, { main: 'b.d' })).toBe('"a.d", line 3: syntax error near "y"');
  expect(formatDiagnostic(found, { commandLine: true })).toBe('syntax error near "y"');
  expect(formatDiagnostic(found, { commandLine: true, main: 'argument 1' })).toMatch(/^"a.d", line 3: /);
});

test('with a frame', () => {
  expect(formatDiagnostic(found, { frame: true }).split('\n')).toEqual([
    'line 3: syntax error near "y"',
    '2 | {',
    '3 | \ttrace(x y);',
    '  | \t        ^',
    '  = try less',
  ]);
});

test('a hint of the table stands where none is given', () => {
  const { hint } = diagnostic('syntax.expected', undefined, { expected: "')'", found: '"y"' });
  expect(hint).toBe("expected ')'");
});

test('the line is where it was noticed', () => {
  const text = 'BEGIN\n{\n\tx = "abc\n\t";\n}';
  const [newline] = parseProgram({ name: 'a.d', text }).diagnostics;
  expect(formatDiagnostic(newline!)).toMatch(/^line 4: newline encountered in string/);
});

test('frames of several lines, of nothing, and at the end', () => {
  expect(codeFrame({ source, start: 0, end: 7 }).split('\n')).toEqual([
    '1 | BEGIN',
    '  | ^^^^^',
    '2 | {',
    '  | ^',
  ]);
  const end = source.text.length;
  expect(codeFrame({ source, start: end, end })).toContain('^');
  expect(codeFrame({ source: { name: '', text: '' }, start: 0, end: 0 })).toContain('^');
});

test('every message has a tag and a text', () => {
  for (const [id, { tag, text }] of Object.entries(messages)) {
    expect(tag, id).toMatch(/^D_[A-Z0-9_]+$/);
    expect(text.length, id).toBeGreaterThan(0);
  }
});
