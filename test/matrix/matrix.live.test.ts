/**
 * Every probe of every provider that is a table fires under work made for it, or is listed as untested with the reason.
 * With DTRACE_MATRIX=folder the results are left there, one file per provider, for scripts/matrix.mjs.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { tables } from '../../core/test/session/live-tables.js';
import { type Deed, diskFolder, perform } from '../workloads/index.js';
import { AT_REST, FILE, FOLDER, MAKING, type Making, SAMPLES } from './deeds.js';

const folder = diskFolder();
const places: Readonly<Record<string, string>> = { [FILE]: join(folder, 'file'), [FOLDER]: folder };
const PATIENCE = process.env.DTRACE_TEST_GUEST ? 240_000 : 45_000;

const inPlace = (deed: Deed): Deed => deed.map((word) => places[word] ?? word) as unknown as Deed;

interface ProviderResult {
  readonly provider: string;
  readonly fired: readonly string[];
  readonly untested: Readonly<Record<string, string>>;
  readonly missing: Readonly<Record<string, string>>;
}

const results: ProviderResult[] = [];
afterAll(() => {
  const { DTRACE_MATRIX } = process.env;
  if (DTRACE_MATRIX === undefined) return;
  for (const result of results)
    writeFileSync(join(DTRACE_MATRIX, `${result.provider}.json`), JSON.stringify(result));
});

const described = (provider: string, name: string): string =>
  name.includes(':') ? `${provider}::${name}` : `${provider}:::${name}`;

/** Probes that fired while their deeds were done, until all have or patience ends. */
async function firing(provider: string, making: ReadonlyMap<string, readonly Deed[]>): Promise<Set<string>> {
  const names = [...making.keys()];
  if (names.length === 0) return new Set();
  const script = names.map((name) => `${described(provider, name)} { @["${name}"] = count(); }`).join('\n');
  const session = tables.session(tables.compile(script, { options: [['quiet', undefined]] }));
  const fired = new Set<string>();
  await session.start();
  try {
    for (const end = Date.now() + PATIENCE; fired.size < names.length && Date.now() < end; ) {
      const waiting = names.filter((name) => !fired.has(name)).flatMap((name) => making.get(name)!);
      const deeds = new Map(waiting.map((deed) => [deed.join(' '), deed]));
      for (const deed of deeds.values()) await perform(inPlace(deed));
      for (const { rows } of session.aggregations())
        for (const {
          key: [name],
        } of rows)
          if (typeof name === 'string') fired.add(name);
    }
  } finally {
    await session.stop();
  }
  return fired;
}

/** Milliseconds that processors have had nothing to do. */
const rest = (): number => cpus().reduce((sum, { times }) => sum + times.idle, 0);
const NO_REST = 'no processor was at rest';

const isDeeds = (making: Making | undefined): making is readonly Deed[] => typeof making === 'object';

/** An emulated machine takes ten minutes for it: there it is run for the table, by scripts/matrix.mjs. */
const wanted = process.env.DTRACE_TEST_GUEST === undefined || process.env.DTRACE_MATRIX !== undefined;

/** Does what makes them fire, and notes which did. */
async function fires(provider: string, names: readonly string[], table: Readonly<Record<string, Making>>) {
  const missing = tables.providers.find(({ name }) => name === provider)?.missing?.() ?? [];
  const making = new Map(
    names.flatMap((name) => (isDeeds(table[name]) ? [[name, table[name]] as const] : [])),
  );
  const before = rest();
  const fired = await firing(provider, making);
  const busy = rest() === before;
  const excused = (name: string) => busy && AT_REST.has(name);
  results.push({
    provider,
    fired: [...fired].sort(),
    untested: Object.fromEntries(
      names
        .filter((name) => !fired.has(name))
        .map((name) => [name, excused(name) ? NO_REST : String(table[name])]),
    ),
    missing: Object.fromEntries(missing.map(({ name, reason }) => [name, reason])),
  });
  expect([...making.keys()].filter((name) => !fired.has(name) && !excused(name))).toEqual([]);
}

describe.runIf(wanted).each(Object.entries(MAKING))('%s', (provider, table) => {
  const listed = [...new Set([...tables.probes(`${provider}:::`)].map(({ probe }) => probe.name))];
  const missing = tables.providers.find(({ name }) => name === provider)?.missing?.() ?? [];

  test('what it lists is what is known of it', () => {
    expect(listed.filter((name) => table[name] === undefined)).toEqual([]);
    for (const { reason } of missing) expect(reason).not.toBe('');
  });

  test('every probe fires', () => fires(provider, listed, table));
});

describe.runIf(wanted).each(Object.entries(SAMPLES))('of %s', (provider, table) => {
  test('some fire', async () => {
    const names = Object.keys(table).filter(
      (name) => !tables.probes(described(provider, name))[Symbol.iterator]().next().done,
    );
    await fires(provider, names, table);
  });
});
