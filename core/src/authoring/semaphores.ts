import type { DeclaredProbe, DeclaredProvider } from '../language/checked.js';

/** The counter that a program looks at before it prepares a probe's arguments. */
export const semaphoreOf = (provider: string, { symbol }: DeclaredProbe): string =>
  `${provider}_${symbol}_semaphore`;

export const semaphoresOf = (providers: readonly DeclaredProvider[]): readonly string[] =>
  providers.flatMap(({ name, probes }) => probes.map((probe) => semaphoreOf(name, probe)));
