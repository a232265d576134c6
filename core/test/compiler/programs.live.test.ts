import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differences } from './differ.js';
import { generateProgram } from './generator.js';

/** `PROGRAMS=10000 SEED=1` run more of them; scripts/fuzz-programs.mjs does. */
const COUNT = Number(process.env.PROGRAMS ?? (process.env.DTRACE_TEST_GUEST ? 30 : 150));
const SEED = Number(process.env.SEED ?? 1);
/** Folder for the programs that fail. */
const KEEP = process.env.KEEP;
const LIMITS = [
  { clauses: 4, statements: 4, depth: 3 },
  { clauses: 3, statements: 8, depth: 5 },
  { clauses: 12, statements: 6, depth: 4 },
];

describe('random programs', () => {
  it('do on the kernel what the model says', async () => {
    const failures: string[] = [];
    for (let seed = SEED; seed < SEED + COUNT; seed++) {
      const program = generateProgram(seed, LIMITS[seed % LIMITS.length]);
      const problems = await differences(program).catch((error: unknown) => [`${(error as Error).message}`]);
      if (problems.length === 0) continue;
      failures.push(`seed ${seed}: ${problems.join('; ')}`);
      if (KEEP !== undefined)
        writeFileSync(`${KEEP}/${seed}.d`, `${program.text}\n/* ${problems.join('\n')} */\n`);
      if (failures.length >= 50) break;
    }
    expect(failures.join('\n')).toBe('');
  }, 3_600_000);
});
