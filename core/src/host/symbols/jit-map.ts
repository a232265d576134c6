/**
 * Names that a runtime gives the code it generates, as it tells them in /tmp/perf-PID.map: lines of start, size (both
 * hexadecimal) and name, in the order the code was made.
 */
export class JitMap {
  readonly #starts: Float64Array;
  readonly #sizes: Float64Array;
  readonly #names: readonly string[];

  constructor(text: string) {
    const found = new Map<number, { readonly size: number; readonly name: string }>();
    for (const [, start = '', size = '', name = ''] of text.matchAll(LINE)) {
      // Of what was at one place one after the other, the last is there.
      found.set(Number.parseInt(start, 16), { size: Number.parseInt(size, 16), name });
    }
    const entries = [...found].sort(([a], [b]) => a - b);
    this.#starts = Float64Array.from(entries, ([start]) => start);
    this.#sizes = Float64Array.from(entries, ([, { size }]) => size);
    this.#names = entries.map(([, { name }]) => name);
  }

  at(address: number): { readonly name: string; readonly offset: number } | undefined {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] as number) <= address) low = middle + 1;
      else high = middle;
    }
    const offset = address - (this.#starts[low - 1] ?? Number.POSITIVE_INFINITY);
    const size = this.#sizes[low - 1] ?? 0;
    return offset >= 0 && offset < size ? { name: this.#names[low - 1] as string, offset } : undefined;
  }
}

const LINE = /^(?:0x)?([0-9a-f]+) (?:0x)?([0-9a-f]+) (.*)$/gim;
