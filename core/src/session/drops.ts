import type { DropKind } from '../compiler/image.js';
import type { LoadedProgram } from './loading.js';
import type { DropCount, SharedState } from './shared-state.js';

export interface Loss {
  readonly kind: DropKind;
  readonly cpu?: number | undefined;
  /** Since the last report. */
  readonly count: number;
}

/** Reports losses as they grow. */
export class DropCounter {
  readonly #state: SharedState;
  readonly #programs: readonly LoadedProgram[];
  readonly #reported = new Map<string, bigint>();

  constructor(state: SharedState, programs: readonly LoadedProgram[]) {
    this.#state = state;
    this.#programs = programs;
  }

  /** Everything lost since tracing began, zeros included. */
  totals(): Map<DropKind, bigint> {
    const totals = new Map<DropKind, bigint>();
    for (const { kind, total } of this.#counts()) totals.set(kind, (totals.get(kind) ?? 0n) + total);
    return totals;
  }

  /** What was lost since the last call. */
  poll(): Loss[] {
    const losses: Loss[] = [];
    for (const { kind, cpu, total } of this.#counts()) {
      const counter = `${kind} ${cpu}`;
      const count = total - (this.#reported.get(counter) ?? 0n);
      if (count <= 0n) continue;
      this.#reported.set(counter, total);
      losses.push({ kind, cpu, count: Number(count) });
    }
    return losses;
  }

  #counts(): readonly DropCount[] {
    return this.#state.drops().map((drop) => {
      // Programs the kernel did not run because they were running on that CPU already.
      return drop.kind === 'nested' ? { ...drop, total: drop.total + this.#missed() } : drop;
    });
  }

  #missed(): bigint {
    return this.#programs.reduce((sum, { program }) => sum + program.info().recursionMisses, 0n);
  }
}
