import type { Attributes, DependencyClass, ProviderAttributes, Stability } from './provider.js';

/** `attributes('Evolving', 'Evolving', 'Common')`, as the reference tables print them. */
export function attributes(name: Stability, data: Stability, dependency: DependencyClass): Attributes {
  return { name, data, class: dependency };
}

/** What a provider promises that promises nothing yet. */
export const UNSTABLE: ProviderAttributes = {
  provider: attributes('Unstable', 'Unstable', 'Common'),
  module: attributes('Private', 'Private', 'Unknown'),
  function: attributes('Private', 'Private', 'Unknown'),
  name: attributes('Unstable', 'Unstable', 'Common'),
  args: attributes('Unstable', 'Unstable', 'Common'),
};
