import { NO_ARGUMENTS, type Probe, type Provider, UNSTABLE } from '../../src/provider.js';

export const EVERYTHING = { provider: '', module: '', function: '', name: '' };

export function probe(provider: string, name: string, func = ''): Probe {
  return { provider, module: '', function: func, name, site: { kind: 'self' }, arguments: NO_ARGUMENTS };
}

/** Lists `names`; makes any other name that starts with `on-demand`. `asked` counts the questions. */
export function fakeProvider(
  name: string,
  names: readonly string[],
  more: Partial<Provider> = {},
): Provider & { asked: number } {
  return {
    name,
    attributes: UNSTABLE,
    asked: 0,
    *probes(pattern) {
      this.asked++;
      if (pattern.name.startsWith('on-demand')) yield probe(name, pattern.name);
      else for (const each of names) yield probe(name, each);
    },
    ...more,
  };
}
