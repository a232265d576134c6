/** Records that wait for their speculation to be committed or discarded. */

/** A record outside of the ring it came in. */
export interface HeldRecord {
  readonly view: DataView;
  readonly length: number;
  readonly cpu: number;
}

export class Speculations {
  readonly #held = new Map<number, HeldRecord[]>();

  /** `free`: the speculation may be used again. */
  constructor(private readonly free: ((id: number) => void) | undefined) {}

  hold(id: number, view: DataView, offset: number, length: number, cpu: number): void {
    const bytes = new Uint8Array(length);
    bytes.set(new Uint8Array(view.buffer, view.byteOffset + offset, length));
    const record = { view: new DataView(bytes.buffer), length, cpu };
    const records = this.#held.get(id);
    if (records) records.push(record);
    else this.#held.set(id, [record]);
  }

  /** Takes what was held, in the order it came, and frees the speculation. */
  end(id: number): readonly HeldRecord[] {
    if (id === 0) return [];
    const records = this.#held.get(id) ?? [];
    this.#held.delete(id);
    this.free?.(id);
    return records;
  }
}
