import { describe, expect, it } from 'vitest';
import { runProgram } from './run-program.js';

const clauses = (...bodies: string[]) => bodies.map((body) => `BEGIN { ${body} }`).join('\n');

async function traced(text: string, options: [string, string][] = []) {
  const { records, faults, drops } = await runProgram(text, options);
  const values = records.flatMap(({ actions }) =>
    actions.filter(({ action }) => action === 'trace').flatMap((action) => action.values),
  );
  return { values, faults: faults.map(({ fault }) => fault), drops };
}

describe('speculation', () => {
  it('shows what is committed, when it is committed', async () => {
    const text = clauses(
      'i = speculation();',
      'speculate(i); trace(1);',
      'trace(2);',
      'speculate(i); trace(3);',
      'commit(i);',
      'trace(4);',
    );
    expect((await traced(text)).values).toEqual([2, 1, 3, 4]);
  });

  it('shows nothing of what is discarded or never ended', async () => {
    const text = clauses(
      'i = speculation(); j = speculation();',
      'speculate(i); trace(1);',
      'speculate(j); trace(2);',
      'discard(i);',
      'trace(3);',
    );
    expect((await traced(text, [['nspec', '2']])).values).toEqual([3]);
  });

  it('ends the clause where there is no such speculation', async () => {
    const text = clauses('speculate(0); x = 1; trace(1);', 'speculate(77); x = 2; trace(2);', 'trace(x);');
    expect((await traced(text)).values).toEqual([0]);
  });

  it('ends each only once, and faults on numbers that are none', async () => {
    const text = clauses(
      'i = speculation();',
      'speculate(i); trace(1);',
      'discard(i); commit(i);',
      'commit(9);',
      'commit(0);',
      'trace(2);',
    );
    expect(await traced(text)).toMatchObject({ values: [2], faults: [3] });
  });

  it('counts what it had to refuse', async () => {
    const text = clauses(
      'i = speculation(); j = speculation();',
      'trace(j);',
      'commit(i);',
      'k = speculation();',
      'trace(k);',
    );
    const { values, drops } = await traced(text);
    expect(values).toEqual([0, 0]);
    expect(drops.get('speculationUnavailable')).toBe(1n);
    expect(drops.get('speculationBusy')).toBe(1n);
  });

  it('keeps to specsize', async () => {
    const body = 'speculate(i); trace(1LL); trace(2LL); trace(3LL); trace(4LL); n++;';
    const text = clauses('i = speculation();', body, body, 'commit(i);', 'trace(n);');
    const { values, drops } = await traced(text, [['specsize', '90']]);
    expect(values).toEqual([1, 2, 3, 4, 1]);
    expect(drops.get('speculation')).toBe(1n);
  });

  it('takes data recorded under a condition along', async () => {
    const text = clauses(
      'i = speculation();',
      'speculate(i); if (i) { trace(1); } trace(2);',
      'trace(3);',
      'commit(i);',
    );
    expect((await traced(text)).values.sort()).toEqual([1, 2, 3]);
    expect((await traced(text)).values[0]).toBe(3);
  });
});
