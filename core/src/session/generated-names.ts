import type { Field, TraceImage } from '../compiler/image.js';

/** Milliseconds between two questions to one process: at first, and how much longer each time. */
const FIRST_PAUSE = 1000;
const GROWTH = 3;

/** Whether the program records stacks whose generated code is to have names. */
export function usesGenerated({ records, aggregations }: TraceImage): boolean {
  const fields: readonly Field[] = [
    ...records.flatMap(({ actions }) => actions.flatMap((action) => action.fields)),
    ...aggregations.flatMap(({ keys }) => keys),
  ];
  return fields.some((field) => field.kind === 'ustack' && field.generated === true);
}

/** Asks the runtimes of processes for names of their generated code: when they are met, now and then, and at the end. */
export class GeneratedNames {
  readonly #seen = new Map<number, { pause: number; timer: NodeJS.Timeout | undefined }>();

  constructor(private readonly ask: (tgid: number) => Promise<void>) {}

  see(tgid: number): void {
    if (this.#seen.has(tgid)) return;
    this.#seen.set(tgid, { pause: FIRST_PAUSE, timer: undefined });
    void this.#again(tgid);
  }

  /** Asks all a last time. */
  async finish(): Promise<void> {
    const tgids = [...this.#seen.keys()];
    this.close();
    await Promise.all(tgids.map(this.ask));
  }

  close(): void {
    for (const { timer } of this.#seen.values()) clearTimeout(timer);
    this.#seen.clear();
  }

  async #again(tgid: number): Promise<void> {
    await this.ask(tgid);
    const seen = this.#seen.get(tgid);
    if (seen === undefined) return;
    seen.timer = setTimeout(() => void this.#again(tgid), seen.pause).unref();
    seen.pause *= GROWTH;
  }
}
