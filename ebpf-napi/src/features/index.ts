import { MissingFeatureError } from '../errors.js';
import type { Verdict } from './probe.js';
import { type Feature, features } from './table.js';

const byName: ReadonlyMap<string, Feature> = new Map(features.map((feature) => [feature.name, feature]));
const verdicts = new Map<string, { readonly reason: Verdict }>();

function verdictOf(name: string): Verdict {
  const known = verdicts.get(name);
  if (known !== undefined) return known.reason;
  const feature = byName.get(name);
  if (feature === undefined) throw new RangeError(`no feature is called '${name}'`);
  const reason = feature.probe();
  verdicts.set(name, { reason });
  return reason;
}

export interface FeatureReport {
  readonly name: string;
  readonly available: boolean;
  /** First mainline kernel that has it. */
  readonly minimumKernel: string;
  /** Why it is not available, in the kernel's words. */
  readonly reason?: string;
}

/** Whether the running kernel, for this process, has a feature: tried out once, never guessed from a version. */
export function hasFeature(name: string): boolean {
  return verdictOf(name) === undefined;
}

/** Throws `MissingFeatureError` unless the feature is there. */
export function requireFeature(name: string): void {
  const reason = verdictOf(name);
  if (reason !== undefined) throw new MissingFeatureError(name, byName.get(name)!.minimumKernel, reason);
}

/** Tries out every feature known. */
export function featureReport(): FeatureReport[] {
  return features.map(({ name, minimumKernel }) => {
    const reason = verdictOf(name);
    const available = reason === undefined;
    return available ? { name, available, minimumKernel } : { name, available, minimumKernel, reason };
  });
}

export const featureNames: readonly string[] = features.map(({ name }) => name);

/** First mainline kernel that has each feature, by name. */
export const featureKernels: ReadonlyMap<string, string> = new Map(
  features.map(({ name, minimumKernel }) => [name, minimumKernel]),
);
