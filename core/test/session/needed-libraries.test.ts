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
    expect(needed('BEGIN { trace(table[2]); }')).toEqual(['numbers.d', 'types.d', 'things.d']);
  });
  it('are all of them where other texts may come in', () => {
    expect(needed('#include "other.h"')).toHaveLength(4);
  });
  it('are those with translators where arguments of probes are looked at', () => {
    expect(needed('io:::start { trace(args[0]->a); }')).toEqual(['numbers.d', 'types.d', 'things.d']);
  });
});
