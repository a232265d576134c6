import { expect, test } from 'vitest';
import { tables } from '../../../core/test/session/live-tables.js';
import { prints } from '../../../test/workloads/index.js';

test('a clock on user code interrupts user code', async () => {
  const script = `cpc:::cpu_clock-user-1000000 /execname == "workload"/ {
    printf("%d %d", arg0 == 0, arg1 != 0 && (int64_t)arg1 > 0); exit(0);
  }`;
  expect(await prints(['spin'], script)).toBe('1 1');
});

test('every page fault', async () => {
  const script = `cpc:::page_faults-user-1 /execname == "workload"/ { n++; }
    cpc:::page_faults-user-1 /n >= 64/ { printf("%d", n >= 64); exit(0); }`;
  expect(await prints(['memory'], script)).toMatch(/^1/);
});

test('what the machine has no counter for is not there', () => {
  expect([...tables.probes('cpc:::no_such_event-all-1000')]).toEqual([]);
  expect([...tables.probes('cpc:::cpu_clock-all-1')]).toEqual([]);
});
