const MILLISECOND = 1_000_000n;
const SHORTEST = 2;
const LONGEST = 2 ** 31 - 1;

/** Calls back at an interval that shrinks while there is much to do and grows back to the rate asked for. */
export class PollTimer {
  readonly #callback: () => 'busy' | 'idle';
  #longest: number;
  #interval: number;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #running = false;

  constructor(rate: bigint, callback: () => 'busy' | 'idle') {
    this.#callback = callback;
    this.#longest = PollTimer.#milliseconds(rate);
    this.#interval = this.#longest;
  }

  /** 0: as seldom as possible, which leaves wake-ups. */
  static #milliseconds(rate: bigint): number {
    if (rate === 0n) return LONGEST;
    return Math.max(SHORTEST, Math.min(LONGEST, Number(rate / MILLISECOND)));
  }

  setRate(rate: bigint): void {
    this.#longest = PollTimer.#milliseconds(rate);
    this.#interval = Math.min(this.#interval, this.#longest);
  }

  start(): void {
    this.#running = true;
    this.#schedule();
  }

  /** Calls back in this turn of the event loop, once however often it is asked for. */
  now(): void {
    if (!this.#running || this.#immediate !== undefined) return;
    this.#immediate = setImmediate(() => {
      this.#immediate = undefined;
      this.#fire();
    });
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
  }

  #fire(): void {
    clearTimeout(this.#timer);
    const busy = this.#callback() === 'busy';
    this.#interval = busy
      ? Math.max(SHORTEST, Math.min(this.#interval, this.#longest) / 4)
      : Math.min(this.#longest, this.#interval * 2);
    if (this.#running) this.#schedule();
  }

  #schedule(): void {
    this.#timer = setTimeout(() => this.#fire(), this.#interval);
  }
}
