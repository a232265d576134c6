import { ProbeRegistry, RecordedHost, type TimerSite } from '@dtrace/core';
import { describe, expect, test } from 'vitest';
import { ProfileProvider } from '../src/index.js';
import { parsePeriod } from '../src/period.js';

const registry = () => new ProbeRegistry([new ProfileProvider(new RecordedHost())]);
const named = (name: string) =>
  registry()
    .match({ provider: 'profile', module: '', function: '', name })
    .map(({ probe }) => probe);

describe('periods', () => {
  test.each([
    ['97', 10_309_278n],
    ['97hz', 10_309_278n],
    ['1', 1_000_000_000n],
    ['100us', 100_000n],
    ['100usec', 100_000n],
    ['10000ns', 10_000n],
    ['10000nsec', 10_000n],
    ['5ms', 5_000_000n],
    ['5msec', 5_000_000n],
    ['2s', 2_000_000_000n],
    ['2sec', 2_000_000_000n],
    ['1m', 60_000_000_000n],
    ['1min', 60_000_000_000n],
    ['1h', 3_600_000_000_000n],
    ['1hour', 3_600_000_000_000n],
    ['1d', 86_400_000_000_000n],
    ['1DAY', 86_400_000_000_000n],
  ])('%s', (text, period) => {
    expect(parsePeriod(text)).toBe(period);
  });

  test.each(['', '0', '0hz', '0s', '9999ns', '200000hz', '1fortnight', '-1', '1.5s', 's', '999999999999d'])(
    '%j is none',
    (text) => {
      expect(parsePeriod(text)).toBeUndefined();
    },
  );
});

describe('probes', () => {
  test('the usual rates are listed', () => {
    const names = [...registry().list()].map(({ probe }) => probe.name);
    expect(names.slice(0, 2)).toEqual(['profile-97', 'profile-199']);
    expect(names).toHaveLength(13);
    expect(names).toContain('tick-5000');
  });

  test('any other rate is there when it is named', () => {
    expect(named('tick-3s').map(({ site }) => site)).toEqual([
      { kind: 'timer', period: 3_000_000_000n, cpus: 'one' },
    ]);
    expect(named('profile-123hz').map(({ site }) => (site as TimerSite).cpus)).toEqual(['all']);
  });

  test.each(['tick-', 'tick-0', 'tick-1x', 'tock-1', 'profile', 'profile-1ns', ''.padEnd(3)])(
    '%j is none',
    (name) => {
      expect(named(name)).toEqual([]);
    },
  );

  test('patterns match the listing only', () => {
    expect(named('tick-*').map(({ name }) => name)).toHaveLength(6);
    expect(named('tick-*ms')).toEqual([]);
  });

  test('all share one layout', () => {
    const layouts = new Set([...registry().list()].map(({ probe }) => probe.arguments));
    expect(layouts.size).toBe(1);
    expect([...layouts][0]?.raw).toEqual([
      '(args[1] & 3) == 3 ? 0 : args[0]',
      '(args[1] & 3) == 3 ? args[0] : 0',
    ]);
  });
});
