/**
 * Hands values from events to `for await`. Who iterates slower than values come fills the queue; at `limit` it is
 * `full`, and the session stops reading until it is half empty: what then finds no room is counted in the kernel.
 */
export class RecordQueue<T> implements AsyncIterableIterator<T> {
  #values: T[] = [];
  #head = 0;
  readonly #waiting: ((result: IteratorResult<T>) => void)[] = [];
  #full = false;
  #ended = false;

  constructor(
    private readonly limit: number,
    private readonly onClose: () => void,
    /** There is room again. */
    private readonly onRoom: () => void,
  ) {}

  get full(): boolean {
    return this.#full;
  }

  push(value: T): void {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting({ done: false, value });
      return;
    }
    this.#values.push(value);
    if (this.#values.length - this.#head >= this.limit) this.#full = true;
  }

  /** What is queued is still handed out. */
  end(): void {
    this.#ended = true;
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#head < this.#values.length) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<T>> {
    this.onClose();
    this.#values = [];
    this.#head = 0;
    this.end();
    this.#room();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): T {
    const value = this.#values[this.#head++] as T;
    const left = this.#values.length - this.#head;
    // Moving the rest to the front is rare enough to cost nothing.
    if (this.#head > left) {
      this.#values = this.#values.slice(this.#head);
      this.#head = 0;
    }
    if (left <= this.limit / 2) this.#room();
    return value;
  }

  #room(): void {
    if (!this.#full) return;
    this.#full = false;
    this.onRoom();
  }
}
