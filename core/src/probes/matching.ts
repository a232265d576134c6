import { isPattern, nameMatcher } from './glob.js';
import type { ProbeName } from './probe.js';
import type { ProbePattern, Provider } from './provider.js';

/** Compiles the four patterns of a description once for many probes. */
export function probeMatcher(pattern: ProbePattern): (probe: ProbeName) => boolean {
  const provider = nameMatcher(pattern.provider);
  const module = nameMatcher(pattern.module);
  const func = nameMatcher(pattern.function);
  const name = nameMatcher(pattern.name);
  return (probe) =>
    name(probe.name) && func(probe.function) && module(probe.module) && provider(probe.provider);
}

export function providerAnswers(provider: Provider, pattern: string): boolean {
  return provider.answers?.(pattern) ?? nameMatcher(pattern)(provider.name);
}

/** Whether a provider may have a probe of that name, as far as it tells without listing. */
export function hasName(provider: Provider, pattern: string): boolean {
  return provider.probeNames?.some(nameMatcher(pattern)) ?? true;
}

/** A description that spells some name out may ask for a probe that no listing has. */
export function mayCreate(pattern: ProbePattern): boolean {
  return !isPattern(pattern.provider) || !isPattern(pattern.function) || !isPattern(pattern.name);
}
