/** The page's D is what the compiler takes. Probes this machine lacks may match nothing. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const page = readFileSync(`${root}docs/from-bpftrace.md`, 'utf8');
const programs = [...page.matchAll(/^\| `[^`]*[{][^`]*` +\| `([^`]*[{][^`]*)` +\|$/gm)].map(
  ([, text]) => text!,
);

it('has programs', () => expect(programs.length).toBeGreaterThan(10));

it.each(programs)('compiles %s', (text) => {
  const args = ['-Z', '-e', '-n', text, '-c', '/bin/true'];
  const { stderr, status } = spawnSync(`${root}dtrace`, args, { encoding: 'utf8', timeout: 60_000 });
  expect(stderr.replace(/^dtrace: .* matched \d+ probes?\n/gm, '')).toBe('');
  expect(status).toBe(0);
});
