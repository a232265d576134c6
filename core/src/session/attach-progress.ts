const FIRST = 2_000;
const EVERY = 5_000;
const MANY = 20;

/** Says how far attaching one by one has come, where it takes long enough to wonder. */
export class AttachProgress {
  #done = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly total: number,
    readonly say: (done: number, total: number) => void,
  ) {
    if (total > MANY) this.#wait(FIRST);
  }

  add(count: number): void {
    this.#done += count;
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      this.say(this.#done, this.total);
      this.#wait(EVERY);
    }, milliseconds);
  }
}
