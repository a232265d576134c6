import type { DropKind } from '../compiler/image.js';
import type { LoadedProgram } from './loading.js';
import type { SharedState } from './shared-state.js';

export interface Loss {
  readonly kind: DropKind;
  /** Since the last report. */
  readonly count: number;
}

/** Reports losses as they grow. */
export class DropCounter {
  readonly #state: SharedState;
  readonly #programs: readonly LoadedProgram[];
  readonly #reported = new Map<DropKind, bigint>();

  constructor(state: SharedState, programs: readonly LoadedProgram[]) {
    this.#state = state;
    this.#programs = programs;
  }

  /** Everything lost since tracing began, zeros included. */
  totals(): Map<DropKind, bigint> {
    const totals = this.#state.drops();
    // Programs the kernel did not run because they were running on that CPU already.
    totals.set('nested', (totals.get('nested') ?? 0n) + this.#missed());
    return totals;
  }

  /** What was lost since the last call. */
  poll(): Loss[] {
    const losses: Loss[] = [];
    for (const [kind, total] of this.totals()) {
      const count = total - (this.#reported.get(kind) ?? 0n);
      if (count <= 0n) continue;
      this.#reported.set(kind, total);
      losses.push({ kind, count: Number(count) });
    }
    return losses;
  }

  #missed(): bigint {
    return this.#programs.reduce((sum, { program }) => sum + program.info().recursionMisses, 0n);
  }
}
