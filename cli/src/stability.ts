/** The stability part of -v and -lv. */
import type { Attributes, DependencyClass, Probe, ProviderAttributes, Stability } from '@dtrace/core';

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

export const STRONGEST: Attributes = { name: 'Stable', data: 'Stable', class: 'Common' };

const weaker = <T>(order: readonly T[], a: T, b: T): T => (order.indexOf(a) < order.indexOf(b) ? a : b);

/** A chain holds what its weakest link does. */
export function weakest(a: Attributes, b: Attributes): Attributes {
  return {
    name: weaker(STABILITIES, a.name, b.name),
    data: weaker(STABILITIES, a.data, b.data),
    class: weaker(CLASSES, a.class, b.class),
  };
}

/** Of the names a probe has: one that is empty promises nothing and breaks nothing. */
export function probeAttributes(probe: Probe, attributes: ProviderAttributes): Attributes {
  const parts = ['provider', 'module', 'function', 'name'] as const;
  return parts
    .filter((part) => probe[part] !== '')
    .map((part) => attributes[part])
    .reduce(weakest);
}

export function attributeLines({ name, data, class: dependency }: Attributes): string {
  return `\t\tIdentifier Names: ${name}\n\t\tData Semantics:   ${data}\n\t\tDependency Class: ${dependency}\n`;
}

/** What -lv and -ev add below a probe's name. */
export function probeDetails(probe: Probe, attributes: ProviderAttributes): string {
  const args = probe.arguments.args.map(
    ({ type, translated }, index) => `\t\targs[${index}]: ${translated ?? type}\n`,
  );
  return [
    '\n\tProbe Description Attributes\n',
    attributeLines(probeAttributes(probe, attributes)),
    '\n\tArgument Attributes\n',
    attributeLines(attributes.args),
    '\n\tArgument Types\n',
    ...(args.length > 0 ? args : ['\t\tNone\n']),
    '\n',
  ].join('');
}
