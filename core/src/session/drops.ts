import type { DropKind } from '../compiler/image.js';
import type { LoadedProgram } from './loading.js';
import type { SharedState } from './shared-state.js';

/** `missed`: runs the kernel left out because the program was already running on that CPU. */
export type LossKind = DropKind | 'missed';

export interface Drop {
  readonly kind: LossKind;
  /** Since the last report. */
  readonly count: bigint;
  /** Since tracing began. */
  readonly total: bigint;
}

/** Reports losses as they grow. */
export class DropCounter {
  readonly #state: SharedState;
  readonly #programs: readonly LoadedProgram[];
  readonly #reported = new Map<LossKind, bigint>();

  constructor(state: SharedState, programs: readonly LoadedProgram[]) {
    this.#state = state;
    this.#programs = programs;
  }

  /** What was lost since the last call. */
  poll(): Drop[] {
    const totals = new Map<LossKind, bigint>(this.#state.drops());
    totals.set('missed', this.#missed());
    const drops: Drop[] = [];
    for (const [kind, total] of totals) {
      const count = total - (this.#reported.get(kind) ?? 0n);
      if (count <= 0n) continue;
      this.#reported.set(kind, total);
      drops.push({ kind, count, total });
    }
    return drops;
  }

  /** Every total so far, zeros included. */
  totals(): ReadonlyMap<LossKind, bigint> {
    return new Map<LossKind, bigint>([...this.#state.drops(), ['missed', this.#missed()]]);
  }

  #missed(): bigint {
    return this.#programs.reduce((sum, { program }) => sum + program.info().recursionMisses, 0n);
  }
}
