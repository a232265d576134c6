/** --check: diagnostics for editors. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const dtrace = new URL('../../dtrace', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'dtrace-test-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function check(text: string, ...args: string[]) {
  const file = join(folder, 'script.d');
  writeFileSync(file, text);
  const { stdout, stderr, status } = spawnSync(dtrace, ['--check', ...args, '-s', file], {
    encoding: 'utf8',
    timeout: 50_000,
  });
  const found = stdout.split('\n').filter((line) => line !== '');
  return { file, stderr, status, found: found.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('--check', () => {
  it('gives each error with its place', () => {
    const { file, found, stderr, status } = check(
      'BEGIN\n{\n\tx = strln("a");\n\ttrace(\n\t    nothing);\n}\n',
    );
    expect(found).toMatchObject([
      { file, line: 3, column: 6, endLine: 3, endColumn: 11, severity: 'error', tag: 'D_FUNC_UNDEF' },
      { file, line: 5, column: 6, endLine: 5, endColumn: 13, severity: 'error', tag: 'D_IDENT_UNDEF' },
    ]);
    expect(found[0]).toMatchObject({
      hint: "did you mean 'strlen'?",
      message: expect.stringContaining('strln'),
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 1 });
  });

  it('says nothing of a correct script, and warns without failing', () => {
    expect(check('BEGIN { exit(0); }')).toMatchObject({ found: [], status: 0 });
    const destructive = 'BEGIN { system("true"); }';
    expect(check(destructive)).toMatchObject({ found: [{ severity: 'warning' }], status: 0 });
    expect(check(destructive, '-w')).toMatchObject({ found: [], status: 0 });
  });
});
