import { describe, expect, it } from 'vitest';
import { Evaluation, evaluate } from './evaluate.js';

describe('loops', () => {
  const declare = 'int64_t n; int64_t total; int i;';

  it('for, while and do', async () => {
    const e = await Evaluation.open('total', {
      declare,
      before: 'total = 0; for (i = 1; i <= n; i++) total += i;',
    });
    for (const n of [0n, 1n, 10n, 999n]) expect(e.run(n)).toBe(Number((n * (n + 1n)) / 2n));
    expect(e.run(1001n)).toMatchObject({ fault: 12 });
    await e.close();
    const w = await Evaluation.open('total', {
      declare,
      before: 'total = 0; while (n > 0) { total += n; n = n - 1; }',
    });
    expect(w.run(100n)).toBe(5050);
    await w.close();
    const d = await Evaluation.open('total', {
      declare,
      before: 'total = 0; do { total++; n--; } while (n > 0);',
    });
    expect(d.run(0n)).toBe(1);
    expect(d.run(7n)).toBe(7);
    await d.close();
  });

  it('break and continue', async () => {
    const before =
      'total = 0; for (i = 0; i < 100; i++) { if (i % 2) continue; if (i > n) break; total += i; }';
    const e = await Evaluation.open('total', { declare, before });
    expect(e.run(10n)).toBe(30);
    await e.close();
  });

  it('that nothing leads to', async () => {
    const before = 'total = 3; do { if (1) break; for (i = 0; i < 9; i++) total++; } while (1);';
    expect(await evaluate('total', { declare, before })).toBe(3);
  });

  it('nested, over clause-local variables', async () => {
    const before = 'total = 0; for (int a = 0; a < 10; a++) for (int b = 0; b < a; b++) total += b;';
    expect(await evaluate('total', { declare, before })).toBe(120);
  });

  it('stops at looplimit', async () => {
    const options = [['looplimit', '5']] as const;
    const e = await Evaluation.open('total', {
      declare,
      before: 'total = 0; while (total < n) total++;',
      options,
    });
    expect(e.run(5n)).toBe(5);
    expect(e.run(6n)).toMatchObject({ fault: 12 });
    await e.close();
  });
});
