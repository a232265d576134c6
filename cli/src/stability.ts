/** The stability part of -v and -lv. */
import {
  type Attributes,
  argumentAttributes,
  type Probe,
  type ProviderAttributes,
  probeAttributes,
} from '@dtrace/core';

export function attributeLines({ name, data, class: dependency }: Attributes): string {
  return `\t\tIdentifier Names: ${name}\n\t\tData Semantics:   ${data}\n\t\tDependency Class: ${dependency}\n`;
}

/** `kind`: what serves a probe whose provider leaves that to the kernel's abilities. */
function attachment({ site }: Probe, kind: string | undefined): string[] {
  return kind === undefined || kind === site.kind ? [] : ['\n\tAttached By\n', `\t\t${kind}\n`];
}

/** What -lv and -ev add below a probe's name. */
export function probeDetails(
  probe: Probe,
  attributes: ProviderAttributes,
  {
    kind,
    description,
  }: { readonly kind?: string | undefined; readonly description?: string | undefined } = {},
): string {
  const args = probe.arguments.args.map(
    ({ type, translated }, index) => `\t\targs[${index}]: ${translated ?? type}\n`,
  );
  const told = description?.split('\n').map((line) => `\t${line}\n`);
  return [
    ...(told === undefined ? [] : ['\n', ...told]),
    '\n\tProbe Description Attributes\n',
    attributeLines(probeAttributes(probe, attributes)),
    '\n\tArgument Attributes\n',
    attributeLines(argumentAttributes(probe, attributes)),
    '\n\tArgument Types\n',
    ...(args.length > 0 ? args : ['\t\tNone\n']),
    ...attachment(probe, kind),
    '\n',
  ].join('');
}
