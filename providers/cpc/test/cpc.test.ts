import { RecordedHost } from '@dtrace/core';
import type { CounterSite } from '@dtrace/core/provider';
import { expect, test } from 'vitest';
import { CpcProvider } from '../src/index.js';

const pattern = (name: string) => ({ provider: 'cpc', module: '', function: '', name });
const find = (name: string, features: readonly string[] = []) =>
  [...new CpcProvider(new RecordedHost({ features })).probes(pattern(name))].map(
    ({ site }) => site as CounterSite,
  );

test('names say event, mode and count', () => {
  expect(find('page_faults-user-1')).toEqual([
    { kind: 'counter', type: 'software', config: 'page-faults', period: 1n, mode: 'user' },
  ]);
  expect(find('cs-all-10')[0]?.config).toBe('context-switches');
});

test('counters of the processor are there where it has some', () => {
  expect(find('PAPI_tot_ins-all-10000')).toEqual([]);
  expect(find('PAPI_tot_ins-all-10000', ['hardware_counters'])[0]?.config).toBe('instructions');
  expect(find('r01c2-kernel-10000', ['hardware_counters'])[0]).toMatchObject({ type: 'raw', config: 0x1c2n });
  expect(find('instructions-all-10', ['hardware_counters'])).toEqual([]);
  const missing = new CpcProvider(new RecordedHost()).missing();
  expect(missing.find(({ name }) => name.startsWith('instructions'))?.reason).toContain(
    'no performance counters',
  );
});
