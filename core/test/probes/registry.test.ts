import { describe, expect, test } from 'vitest';
import { formatProbeName, ProbeRegistry, type ProviderProblem } from '../../src/probes/index.js';
import { EVERYTHING, fakeProvider, probe } from './fake-provider.js';

const shown = (registry: ProbeRegistry, pattern: Partial<typeof EVERYTHING>) =>
  registry.match({ ...EVERYTHING, ...pattern }).map(({ id, probe }) => `${id} ${formatProbeName(probe)}`);

test('a provider that takes too long is left out, and said to be', () => {
  let now = 0;
  const problems: ProviderProblem[] = [];
  const endless = fakeProvider('endless', [], {
    *probes() {
      for (let i = 0; ; i++) {
        now += 1000;
        yield probe('endless', `p${i}`);
      }
    },
  });
  const registry = new ProbeRegistry(
    [endless, fakeProvider('b', ['x'])],
    (problem) => problems.push(problem),
    () => now,
  );
  expect(shown(registry, {})).toEqual(['1 b:::x']);
  expect(shown(registry, {})).toEqual(['1 b:::x']);
  expect(problems.map(({ provider, error }) => [provider, (error as Error).message])).toEqual([
    ['endless', 'it took longer than 20 s to list its probes, and is left out (21 of them so far)'],
  ]);
});

describe('probe ids', () => {
  test('count through all providers, lightest first', () => {
    const registry = new ProbeRegistry([
      fakeProvider('late', ['x'], { weight: 10 }),
      fakeProvider('b', ['one', 'two']),
      fakeProvider('first', ['y'], { weight: -10 }),
      fakeProvider('a', ['three']),
    ]);
    expect(shown(registry, {})).toEqual([
      '1 first:::y',
      '2 b:::one',
      '3 b:::two',
      '4 a:::three',
      '5 late:::x',
    ]);
  });

  test('are the same whatever was asked before', () => {
    const make = () => new ProbeRegistry([fakeProvider('a', ['x', 'y']), fakeProvider('b', ['x'])]);
    expect(shown(make(), { provider: 'b' })).toEqual(['3 b:::x']);
    const registry = make();
    shown(registry, {});
    expect(shown(registry, { provider: 'b' })).toEqual(['3 b:::x']);
  });

  test('lead back to probes', () => {
    const registry = new ProbeRegistry([fakeProvider('a', ['x', 'y']), fakeProvider('b', ['z'])]);
    expect(registry.byId(3)?.probe.name).toBe('z');
    expect(registry.byId(1)?.probe.name).toBe('x');
    expect(registry.byId(0)).toBeUndefined();
    expect(registry.byId(4)).toBeUndefined();
  });

  test('of probes made on demand lie above all listings and stay', () => {
    const registry = new ProbeRegistry([fakeProvider('a', ['x']), fakeProvider('b', ['x'])]);
    expect(shown(registry, { provider: 'a', name: 'on-demand-2' })).toEqual(['900001 a:::on-demand-2']);
    expect(shown(registry, { provider: 'b', name: 'on-demand-2' })).toEqual(['900002 b:::on-demand-2']);
    expect(shown(registry, { provider: 'a', name: 'on-demand-2' })).toEqual(['900001 a:::on-demand-2']);
    expect(registry.byId(900_002)?.probe.provider).toBe('b');
    expect(shown(registry, {})).toEqual(['1 a:::x', '2 b:::x']);
  });
});

describe('providers are asked', () => {
  test('once for their listing, and not at all when only lighter ones are wanted', () => {
    const light = fakeProvider('light', ['x'], { weight: -1 });
    const heavy = fakeProvider('heavy', ['x']);
    const registry = new ProbeRegistry([heavy, light]);
    shown(registry, { provider: 'light' });
    shown(registry, { provider: 'li*', name: 'x' });
    expect([light.asked, heavy.asked]).toEqual([1, 0]);
  });

  test('by names of their own choosing', () => {
    const pid = fakeProvider('pid', [], {
      answers: (pattern) => /^pid\d+$/.test(pattern),
      *probes({ provider, name }) {
        if (provider !== '') yield { ...fakeProviderProbe, provider, name };
      },
    });
    const registry = new ProbeRegistry([pid]);
    expect(shown(registry, { provider: 'pid12', name: 'entry' })).toEqual(['900001 pid12:::entry']);
    expect(shown(registry, { provider: 'other', name: 'entry' })).toEqual([]);
  });

  test('and one that fails is reported while the others go on', () => {
    const problems: ProviderProblem[] = [];
    const broken = fakeProvider('broken', [], {
      // biome-ignore lint/correctness/useYield: it fails before it could
      *probes() {
        throw new Error('no such file');
      },
    });
    const registry = new ProbeRegistry([broken, fakeProvider('a', ['x'])], (problem) =>
      problems.push(problem),
    );
    expect(shown(registry, {})).toEqual(['1 a:::x']);
    expect(shown(registry, { provider: 'broken' })).toEqual([]);
    expect(problems).toMatchObject([{ provider: 'broken', error: { message: 'no such file' } }]);
  });
});

const fakeProviderProbe = { ...[...fakeProvider('pid', ['x']).probes(EVERYTHING)][0]! };
