import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codeFrame } from '../../../src/language/frames.js';
import { formatDiagnostic } from '../../../src/language/messages.js';
import { parseExpression, parseTypeName } from '../../../src/language/parser/index.js';
import { parse } from './support.js';

const script = `#!/usr/sbin/dtrace -s
#pragma D option quiet
typedef struct node { int a:3; struct node *next; } node_t;
inline int f[int i] = i ? 1 : 2;
self int ts;
translator struct o < node_t *p > { x = p->a; };
syscall::read*:entry, pid$target:libc:mal[lm]oc:return
/pid == $1 && (arg0 / 2) > 0x10ul/
{
  self->ts = timestamp; /* start */
  @a["x\\n", execname] = quantize(*(uint64_t *)copyin(arg1, sizeof (int)));
  if (x) { y = \`jiffies; } else while (0) ; // tail
}
`;

/** Pieces that mean something to the lexer, so that mutations reach the corners. */
const pieces = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '/',
  '//',
  '/*',
  '*/',
  '"',
  "'",
  '\\',
  '#',
  '\n',
  ';',
  ':',
  '::',
  ',',
  '@',
  '$',
  '`',
  '<',
  '>',
  '->',
  '?',
  '0x',
  '08',
  'self',
  'this',
  'struct',
  'typedef',
  'inline',
  'translator',
  'if',
  'for',
  '\u0000',
  'é',
  '🙂',
];
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.nat({ max: 12 }),
  add: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })),
});

function mutate(text: string, mutations: readonly { at: number; drop: number; add: string }[]): string {
  return mutations.reduce((now, { at, drop, add }) => {
    const offset = Math.floor(at * now.length);
    return now.slice(0, offset) + add + now.slice(offset + drop);
  }, text);
}

function survives(text: string): void {
  const { diagnostics } = parse(text);
  expect(diagnostics.length).toBeLessThanOrEqual(51);
  for (const d of diagnostics) {
    const { start = 0, end = 0 } = d.span ?? {};
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(text.length + 1);
    expect(formatDiagnostic(d, { frame: true, tags: true })).not.toMatch(/\{\w+\}: |undefined/);
    if (d.span) codeFrame(d.span);
  }
}

test('the script itself is fine', () => expect(parse(script).diagnostics).toEqual([]));

test('mutated programs give diagnostics, never exceptions', () => {
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), (m) => survives(mutate(script, m))),
    { numRuns: 800 },
  );
});

test('random text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), survives), { numRuns: 400 });
});

test('random pieces', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...pieces), fc.constantFrom('a', ' ', '1', 'int')), {
        maxLength: 80,
      }),
      (p) => survives(p.join('')),
    ),
    { numRuns: 800 },
  );
});

test('random expressions and types', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...pieces, 'a', ' ', '1', 'int', '*', '+'), { maxLength: 40 }),
      (p) => {
        parseExpression(p.join(''));
        parseTypeName(p.join(''));
      },
    ),
    { numRuns: 500 },
  );
});
