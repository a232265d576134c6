const MILLISECOND = 1_000_000;

/** Says when something that is done at a rate is due again. A rate of 0 is never. */
export class Schedule {
  #every: bigint;
  #next: bigint;

  constructor(every: bigint, now = process.hrtime.bigint()) {
    this.#every = every;
    this.#next = now + every;
  }

  setRate(every: bigint, now = process.hrtime.bigint()): void {
    this.#every = every;
    this.#next = now + every;
  }

  /** Milliseconds until it is due; 0 for what is due. A rate of 0 is always. */
  remaining(now = process.hrtime.bigint()): number {
    return this.#every === 0n || now >= this.#next ? 0 : Number(this.#next - now) / MILLISECOND;
  }

  due(now = process.hrtime.bigint()): boolean {
    if (this.#every === 0n || now < this.#next) return false;
    this.#next = now + this.#every;
    return true;
  }
}
