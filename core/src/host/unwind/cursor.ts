/** Reads the encodings of call frame information. Addresses fit a double. */

/** How a pointer is stored: the low half of an encoding byte. */
const FORMAT = { absolute: 0, uleb: 1, u16: 2, u32: 3, u64: 4, sleb: 9, i16: 10, i32: 11, i64: 12 } as const;
/** What it counts from: the high half. */
const RELATIVE_TO_ITSELF = 0x10;
const OMITTED = 0xff;

export class Cursor {
  readonly #view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    /** The address of the first byte. */
    readonly address: number,
    public at = 0,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.at++);
  }
  i8(): number {
    return this.#view.getInt8(this.at++);
  }
  u16(): number {
    this.at += 2;
    return this.#view.getUint16(this.at - 2, true);
  }
  i16(): number {
    this.at += 2;
    return this.#view.getInt16(this.at - 2, true);
  }
  u32(): number {
    this.at += 4;
    return this.#view.getUint32(this.at - 4, true);
  }
  i32(): number {
    this.at += 4;
    return this.#view.getInt32(this.at - 4, true);
  }
  /** Exact for what an address space holds. */
  u64(): number {
    const low = this.u32();
    return this.u32() * 2 ** 32 + low;
  }
  i64(): number {
    const low = this.u32();
    return this.i32() * 2 ** 32 + low;
  }

  uleb(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  sleb(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return byte & 0x40 ? value - scale : value;
    }
  }

  /** Text up to its NUL. */
  text(): string {
    const start = this.at;
    while (this.u8() !== 0);
    return String.fromCharCode(...this.bytes.subarray(start, this.at - 1));
  }

  /** A pointer as its encoding says; undefined when it is absent or of a kind that needs more than the section. */
  pointer(encoding: number): number | undefined {
    if (encoding === OMITTED) return undefined;
    const base = (encoding & 0x70) === RELATIVE_TO_ITSELF ? this.address + this.at : 0;
    const known = (encoding & 0x70) === 0 || base !== 0;
    const value = this.#plain(encoding & 0x0f);
    return known && value !== undefined ? base + value : undefined;
  }

  /** As `pointer`, but a length: only its size is as the encoding says. */
  length(encoding: number): number | undefined {
    return this.#plain(encoding & 0x0f);
  }

  #plain(format: number): number | undefined {
    switch (format) {
      case FORMAT.absolute:
      case FORMAT.u64:
        return this.u64();
      case FORMAT.uleb:
        return this.uleb();
      case FORMAT.u16:
        return this.u16();
      case FORMAT.u32:
        return this.u32();
      case FORMAT.sleb:
        return this.sleb();
      case FORMAT.i16:
        return this.i16();
      case FORMAT.i32:
        return this.i32();
      case FORMAT.i64:
        return this.i64();
      default:
        return undefined;
    }
  }
}
