/** Messages on a stream: four bytes that say how long one is, low byte first, then its bytes. */

const HEADER = 4;

export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export function frame(body: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER + body.length);
  bytes.writeUInt32LE(body.length, 0);
  bytes.set(body, HEADER);
  return bytes;
}

/** Puts messages together again. What is longer than `most` is refused before it is kept. */
export class FrameReader {
  #parts: Buffer[] = [];
  #have = 0;
  #wanted: number | undefined;

  constructor(private readonly most: number) {}

  /** The messages that are whole with these bytes. Throws a `FrameError`; then the stream cannot be read on. */
  *read(chunk: Buffer): Generator<Buffer> {
    this.#parts.push(chunk);
    this.#have += chunk.length;
    for (;;) {
      if (this.#wanted === undefined) {
        if (this.#have < HEADER) return;
        const length = this.#take(HEADER).readUInt32LE(0);
        if (length > this.most)
          throw new FrameError(`a message of ${length} bytes is too long: at most ${this.most} are taken`);
        this.#wanted = length;
      }
      if (this.#have < this.#wanted) return;
      const body = this.#take(this.#wanted);
      this.#wanted = undefined;
      yield body;
    }
  }

  #take(length: number): Buffer {
    const all = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [all.subarray(length)];
    this.#have -= length;
    return all.subarray(0, length);
  }
}
