/** Why a description matches nothing: the part of it that no probe has, and what was perhaps meant. */
import { nearestName } from '../language/checker/suggest.js';
import { isPattern, nameMatcher } from './glob.js';
import type { Probe } from './probe.js';
import type { ProbePattern } from './provider.js';

const PARTS = ['module', 'function', 'name'] as const;

/** ` (did you mean 'x'?)`, or nothing. */
export function suggestion(name: string, known: Iterable<string>): string {
  const found = isPattern(name) ? undefined : nearestName(name, known);
  return found === undefined ? '' : ` (did you mean '${found}'?)`;
}

/** `probes`: all those of the providers that the description speaks of. */
export function partThatFails(pattern: ProbePattern, probes: readonly Probe[]): string | undefined {
  let left = probes;
  for (const part of PARTS) {
    const matches = nameMatcher(pattern[part]);
    const found = left.filter((probe) => matches(probe[part]));
    if (found.length > 0) left = found;
    else if (left.length > 0) {
      const known = new Set(left.map((probe) => probe[part]));
      return `there is no ${part} ${pattern[part]}${suggestion(pattern[part], known)}`;
    }
  }
  return undefined;
}
