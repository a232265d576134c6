import { isPattern } from './glob.js';
import type { ProbeName } from './probe.js';
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

const EVOLVING_ISA = attributes('Evolving', 'Evolving', 'ISA');

/** What the manuals say of the stable providers of a kernel: io, proc, sched and their like. */
export const EVOLVING: ProviderAttributes = {
  provider: EVOLVING_ISA,
  module: attributes('Private', 'Private', 'Unknown'),
  function: attributes('Private', 'Private', 'Unknown'),
  name: EVOLVING_ISA,
  args: EVOLVING_ISA,
};

/** Weakest promise first. */
const STABILITIES: readonly Stability[] = [
  'Internal',
  'Private',
  'Obsolete',
  'External',
  'Unstable',
  'Evolving',
  'Stable',
  'Standard',
];
const CLASSES: readonly DependencyClass[] = ['Unknown', 'CPU', 'Platform', 'Group', 'ISA', 'Common'];

export const STRONGEST: Attributes = attributes('Stable', 'Stable', 'Common');

const weaker = <T>(order: readonly T[], a: T, b: T): T => (order.indexOf(a) < order.indexOf(b) ? a : b);

/** A chain holds what its weakest link does. */
export function weakest(a: Attributes, b: Attributes): Attributes {
  return {
    name: weaker(STABILITIES, a.name, b.name),
    data: weaker(STABILITIES, a.data, b.data),
    class: weaker(CLASSES, a.class, b.class),
  };
}

type Promising = ProbeName & { readonly promises?: Partial<ProviderAttributes> };

/** Of the names a probe has: one that is empty promises nothing and breaks nothing. */
export function probeAttributes(probe: Promising, promised: ProviderAttributes): Attributes {
  const parts = ['provider', 'module', 'function', 'name'] as const;
  return parts
    .filter((part) => probe[part] !== '')
    .map((part) => probe.promises?.[part] ?? promised[part])
    .reduce(weakest);
}

export const argumentAttributes = ({ promises }: Promising, promised: ProviderAttributes): Attributes =>
  promises?.args ?? promised.args;

/** What a description that names no one provider promises: another one may have such a probe tomorrow. */
export function descriptionAttributes(provider: string, matched: readonly Attributes[]): Attributes {
  const start = provider === '' || isPattern(provider) ? UNSTABLE.provider : STRONGEST;
  return matched.reduce(weakest, start);
}

/** `Evolving/Evolving/Common`, in any case of letters; undefined: not that. */
export function parseAttributes(text: string): Attributes | undefined {
  const [name, data, dependency, ...more] = text.split('/');
  const find = <T extends string>(list: readonly T[], word = ''): T | undefined =>
    list.find((known) => known.toLowerCase() === word.toLowerCase());
  const found = [find(STABILITIES, name), find(STABILITIES, data)] as const;
  const inClass = find(CLASSES, dependency);
  if (more.length > 0 || !found[0] || !found[1] || !inClass) return undefined;
  return attributes(found[0], found[1], inClass);
}

export const attributesText = ({ name, data, class: dependency }: Attributes): string =>
  `${name}/${data}/${dependency}`;

/** Whether each part promises as much as that of the other. */
export const isAtLeast = (a: Attributes, b: Attributes): boolean =>
  attributesText(weakest(a, b)) === attributesText(b);
