import { describe, expect, test } from 'vitest';
import { DTrace, RecordedHost } from '../../src/index.js';
import {
  API_VERSION,
  defineProvider,
  HOST,
  type Host,
  inject,
  injectable,
  type Provider,
} from '../../src/provider.js';
import { fakeProvider } from '../probes/fake-provider.js';

@injectable()
class Injected implements Provider {
  readonly name: string;
  readonly attributes = fakeProvider('', []).attributes;
  constructor(@inject(HOST) host: Host) {
    this.name = `injected-on-${host.arch}`;
  }
  probes() {
    return [];
  }
}

const open = (
  ...packages: Parameters<typeof DTrace.prototype.report>[0] extends never
    ? never
    : ConstructorParameters<typeof DTrace>[1]
) => new DTrace(new RecordedHost(), packages);
const providers = (engine: DTrace) => engine.providers.map(({ name }) => name);

describe('provider packages', () => {
  test('make providers by class or by function', () => {
    const engine = open(
      defineProvider({ name: 'a', create: () => fakeProvider('made', ['x']) }),
      defineProvider({ name: 'b', providers: [Injected] }),
    );
    expect(providers(engine)).toEqual(['made', 'injected-on-x64']);
    expect([...engine.probes()].map(({ id, probe }) => [id, probe.name])).toEqual([[1, 'x']]);
  });

  test('add kinds of sites', () => {
    const describer = {
      kind: 'moon',
      layout: () => ({ group: 'moon', programType: 'kprobe' as const, args: [] }),
    };
    const attacher = { kind: 'moon', attach: async () => [] };
    const site = { kind: 'moon' };
    const provider = fakeProvider('lunar', [], {
      *probes() {
        yield { provider: 'lunar', module: '', function: '', name: 'rise', site, arguments: { args: [] } };
      },
    });
    const engine = open(
      defineProvider({ name: 'lunar', create: () => provider, siteKinds: [{ describer, attacher }] }),
    );
    const [rise] = engine.probes('lunar:::rise');
    expect(engine.layout(rise!).group).toBe('moon');
  });

  test('that fail leave nothing of themselves and everything of others', () => {
    const fails = defineProvider({
      name: 'fails',
      create: () => fakeProvider('half', []),
      register() {
        throw new Error('no such device\nat line 1');
      },
    });
    const old = {
      ...defineProvider({ name: 'old', create: () => fakeProvider('old', []) }),
      apiVersion: API_VERSION + 1,
    };
    const engine = open(
      fails,
      old,
      {} as never,
      defineProvider({ name: 'ok', create: () => fakeProvider('ok', []) }),
    );
    expect(providers(engine)).toEqual(['ok']);
    expect(engine.problems).toEqual([
      { plugin: 'fails', message: 'no such device' },
      { plugin: 'old', message: 'it needs version 2 of the provider API; this is version 1' },
      { plugin: 'without a name', message: 'its default export was not made by defineProvider()' },
    ]);
  });

  test('are told apart between engines', () => {
    const counted = defineProvider({ name: 'a', create: () => fakeProvider('made', ['x']) });
    const [one, two] = [open(counted), open(counted)];
    expect(one.providers[0]).not.toBe(two.providers[0]);
    expect([providers(one), providers(two)]).toEqual([['made'], ['made']]);
  });
});
