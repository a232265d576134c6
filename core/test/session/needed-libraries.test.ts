import { describe, expect, it } from 'vitest';
import { neededLibraries } from '../../src/session/needed-libraries.js';

const source = (name: string, text: string) => ({ name, text });
const library = [
  source('numbers.d', 'inline int FIRST = 1;\ninline int SECOND = 2;'),
  source('types.d', 'typedef struct thing { int a; } thing_t;'),
  source(
    'things.d',
    'translator thing_t < struct task_struct *T > { a = FIRST; };\ninline thing_t *curthing = xlate <thing_t *> (curthread);\ninline int table[int i] = i;',
  ),
  source('signals.d', 'inline int SIGHUP = 1;'),
];
const needed = (script: string) =>
  neededLibraries(library, [source('script', script)]).map(({ name }) => name);

describe('libraries a script needs', () => {
  it('are those that define what it mentions', () => {
    expect(needed('BEGIN { trace(1); }')).toEqual([]);
    expect(needed('BEGIN { trace(SECOND); }')).toEqual(['numbers.d']);
  });
  it('and what these need in turn, in their order', () => {
    expect(needed('BEGIN { trace(curthing->a); }')).toEqual(['numbers.d', 'types.d', 'things.d']);
    expect(needed('BEGIN { trace(table[2]); }')).toEqual(['things.d']);
  });
  it('are no more of each than that, on the lines they had', () => {
    const script = source('script', 'BEGIN { trace(SECOND); }');
    expect(neededLibraries(library, [script])).toEqual([source('numbers.d', '\ninline int SECOND = 2;')]);
  });
  it('keep choices and what is in braces in one piece', () => {
    const text = [
      '#pragma D depends_on library a.d',
      '/* Not this;',
      ' * inline int other = 1; */',
      '#if member(a, b)',
      'inline int one = 1;',
      '#else',
      'inline int one = 2;',
      '#endif',
      'this int told;',
      'struct s {',
      '\tint x;',
      '};',
    ].join('\n');
    const part = (script: string) =>
      neededLibraries([source('a.d', text)], [source('', script)])[0]?.text.trim();
    expect(part('one')).toMatch(/^#pragma.*\s+#if.*\ninline.*1;\n#else\ninline.*2;\n#endif$/);
    expect(part('told')).toMatch(/^#pragma.*\s+this int told;$/);
    expect(part('s')).toMatch(/^#pragma.*\s+struct s \{\n\tint x;\n\};$/);
    expect(part('x other')).toBeUndefined();
  });
  it('are all of them where other texts may come in', () => {
    expect(needed('#include "other.h"')).toHaveLength(4);
  });
  it('are those with translators where arguments of probes are looked at', () => {
    const script = 'io:::start { trace(args[0]->a); }';
    expect(needed(script)).toEqual(['numbers.d', 'types.d', 'things.d']);
    const told = neededLibraries(library, [source('script', script)], ['thing_t']);
    expect(told.map(({ name }) => name)).toEqual(['numbers.d', 'types.d', 'things.d']);
    expect(neededLibraries(library, [source('script', script)], ['int'])).toEqual([]);
  });
});
