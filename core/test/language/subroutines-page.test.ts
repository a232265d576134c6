/** docs/subroutines.md against the tables that the compiler goes by. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actions, aggregatingFunctions } from '../../src/language/actions.js';
import type { Prototype } from '../../src/language/prototypes.js';
import { subroutines } from '../../src/language/subroutines.js';

const page = readFileSync(new URL('../../../docs/subroutines.md', import.meta.url), 'utf8');
const rows = new Map(
  [...page.matchAll(/^\| `([^`]+)` +\|(.*)\|$/gm)].map(([, prototype, remarks]) => [prototype, remarks]),
);
const known = [...subroutines.values(), ...actions.values(), ...aggregatingFunctions.values()];

const written = ({ name, returns, parameters, variadic }: Prototype): string => {
  const list = parameters.map(({ type = 'any', optional }) => (optional ? `[${type}]` : type));
  if (variadic) list.push('...');
  return `${returns} ${name}(${list.join(', ')})`;
};

describe('the page of subroutines and actions', () => {
  it('has a row for each, and no other', () => {
    expect([...rows.keys()].sort()).toEqual(known.map(written).sort());
  });

  it.each(known.map((entry) => [entry.name, entry] as const))('says what is special about %s', (_, entry) => {
    const remarks = rows.get(written(entry)) ?? '';
    if (typeof entry.support === 'object') expect(remarks).toContain(`Not on Linux: ${entry.support.absent}`);
    else expect(remarks).not.toContain('Not on Linux');
    expect(remarks.includes('**-w**')).toBe(entry.destructive);
  });

  it('leaves nothing planned', () => {
    expect(known.filter(({ support }) => support === 'planned').map(({ name }) => name)).toEqual([]);
  });
});
