/** `provider name { probe name(types); };` as written for USDT providers. */
import type { Parameter, ProviderDefinition, ProviderProbe } from '../ast.js';
import type { DeclaredProbe } from '../checked.js';
import { assignable } from '../types/compatibility.js';
import type { Type } from '../types.js';
import { checkParameters } from './parameters.js';
import type { Checking } from './state.js';
import { findTranslator } from './translations.js';

const longestProvider = 59;
const longestProbe = 63;
const mostParameters = 255;

export function checkProvider(c: Checking, provider: ProviderDefinition): void {
  const { name, span } = provider.name;
  if (name.length > longestProvider) c.bad('provider.name-long', span, { name, limit: longestProvider });
  if (/\d$/.test(name)) c.bad('provider.name-digit', span, { name });
  const known = c.scope.providers.get(name);
  const probes = new Map<string, DeclaredProbe>();
  for (const probe of provider.probes) {
    const probeName = probe.name.name.replaceAll('__', '-');
    if (probeName.length > longestProbe)
      c.bad('provider.probe-long', probe.span, { name: probeName, limit: longestProbe });
    if (probes.has(probeName)) c.bad('provider.probe-twice', probe.span, { name: `${name}:${probeName}` });
    else if (known && !known.probes.some((other) => other.name === probeName))
      c.bad('provider.differs', probe.span, { name: `${name}:${probeName}` });
    probes.set(probeName, checkProbe(c, name, probeName, probe));
  }
  if (!known) c.scope.providers.set(name, { name, probes: [...probes.values()], span: provider.span });
}

function checkProbe(c: Checking, provider: string, name: string, probe: ProviderProbe): DeclaredProbe {
  const native = checkParameters(c, 'probe input', probe.parameters, { void: true, anonymous: true });
  if (probe.parameters.length > mostParameters)
    c.bad('provider.parameters', probe.span, { name, limit: mostParameters });
  const parameters = native ?? [];
  const declared = { name, symbol: probe.name.name, parameters, span: probe.span };
  if (!probe.translated || !native)
    return { ...declared, args: parameters.map((type, parameter) => ({ parameter, type })) };
  const translated =
    checkParameters(c, 'probe output', probe.translated, { void: true, formals: probe.parameters }) ?? [];
  const args = translated.map((type, i) => ({
    parameter: formalIndex(probe.parameters, probe.translated?.[i]),
    type,
  }));
  for (const [i, { parameter, type }] of args.entries()) {
    const from = native[parameter];
    if (from) checkTranslation(c, from, type, `${provider}:${name}`, i, probe);
  }
  return { ...declared, args };
}

const formalIndex = (formals: readonly Parameter[], parameter: Parameter | undefined): number =>
  formals.findIndex(({ declarator }) => declarator.name?.name === parameter?.declarator.name?.name);

function checkTranslation(
  c: Checking,
  from: Type,
  to: Type,
  probe: string,
  index: number,
  { span }: ProviderProbe,
): void {
  if (findTranslator(c, from, to) || assignable(to, { type: from })) return;
  c.bad('provider.no-translator', span, { probe, number: index + 1, from, to });
}
