import type { Probe } from '../probes/probe.js';

/** A probe with the id it is known by in this run. */
export interface ResolvedProbe {
  readonly id: number;
  readonly probe: Probe;
}
