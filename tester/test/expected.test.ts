import { describe, expect, it } from 'vitest';
import type { ProbeEvent } from '../../core/src/index.js';
import { defineProvider } from '../../core/src/index.js';
import { mismatch } from '../src/expected.js';
import { type ListingCase, runListing } from '../src/run.js';

const event: ProbeEvent = {
  type: 'probe',
  time: 1,
  cpu: 0,
  clause: 0,
  probe: { id: 1, provider: 'io', module: 'vmlinux', function: 'f', name: 'start' },
  actions: [
    { action: 'trace', values: ['text'] },
    { action: 'printf', text: '', values: [7, 2n ** 60n] },
  ],
};

describe('a record', () => {
  it.each([
    [{}],
    [{ probe: 'io:::start' }],
    [{ probe: 'start', values: ['text', 7, 2n ** 60n] }],
    [{ values: [/^te/, (value: unknown) => value === 7] }],
  ])('is %o', (expected) => {
    expect(mismatch(expected, event)).toBeUndefined();
  });

  it.each([
    [{ probe: 'io:::done' }, 'its probe is not io:::done'],
    [{ values: ['other'] }, 'value 0 is not other'],
    [{ values: ['text', '7'] }, 'value 1 is not 7'],
    [{ values: ['text', 7, 3, 4] }, 'value 2 is not 3'],
  ])('is not %o', (expected, why) => {
    expect(mismatch(expected, event)).toBe(why);
  });
});

describe('a listing', () => {
  const provider = defineProvider({ name: 'empty' });
  const run = (listing: Omit<ListingCase, 'name'>) => () =>
    runListing(provider, { name: '', host: {}, ...listing });

  it('fails for what is not listed, is, or does not compile', () => {
    expect(
      run({ probes: ['dtrace:::BEGIN'], absent: ['io:::start'], compiles: ['BEGIN { exit(0); }'] }),
    ).not.toThrow();
    expect(run({ probes: ['io:::start'] })).toThrow('io:::start is not listed');
    expect(run({ absent: ['dtrace:::BEGIN'] })).toThrow('dtrace:::BEGIN is listed');
    expect(run({ compiles: ['io:::start { }'] })).toThrow();
  });
});
