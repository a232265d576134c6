/** Repeatable random choices. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 32 bits. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  below(n: number): number {
    return Math.floor((this.next() / 2 ** 32) * n);
  }

  chance(probability: number): boolean {
    return this.next() < probability * 2 ** 32;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** Small numbers, powers of two and their neighbours, anything. */
  integer(): bigint {
    if (this.chance(0.5)) return BigInt(this.below(20) - 6);
    if (this.chance(0.6)) {
      const near = (1n << BigInt(this.below(65))) + BigInt(this.below(3) - 1);
      return BigInt.asIntN(64, this.chance(0.5) ? near : -near);
    }
    return BigInt.asIntN(64, (BigInt(this.next()) << 32n) | BigInt(this.next()));
  }
}
