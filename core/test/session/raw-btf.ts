/** A second, independent reading of the kernel's types: words of the blob, and offsets that follow from them. */
import { readFileSync } from 'node:fs';

const KIND = { int: 1, ptr: 2, struct: 4, union: 5, enum: 6, func: 12, proto: 13, enum64: 19 } as const;
/** Kinds that say nothing about where things are: typedef, volatile, const, restrict, type_tag. */
const TRANSPARENT = new Set([8, 9, 10, 11, 18]);
/** Words that follow the three of a type, for each of its parts and as such. */
const PER_PART: Readonly<Record<number, number>> = { 4: 3, 5: 3, 6: 2, 13: 2, 15: 3, 19: 3 };
const ONCE: Readonly<Record<number, number>> = { 1: 1, 3: 3, 14: 1, 17: 1 };

interface Leaf {
  /** As D has it: `->f_path.dentry`. */
  readonly path: string;
  /** Bytes from the start of the record to the member, by the pointers that are followed on the way. */
  readonly offsets: readonly number[];
  readonly size: number;
}

export interface PointerParameter {
  readonly function: string;
  readonly index: number;
  readonly leaf: Leaf;
}

export class RawBtf {
  readonly #words: Uint32Array;
  readonly #bytes: Buffer;
  readonly #strings: number;
  readonly #at: number[] = [0];

  constructor(path = '/sys/kernel/btf/vmlinux') {
    const bytes = readFileSync(path);
    this.#bytes = bytes;
    const [header, types, length, strings] = [4, 8, 12, 16].map((at) => bytes.readUInt32LE(at)) as [
      number,
      number,
      number,
      number,
    ];
    this.#strings = header + strings;
    const start = header + types;
    this.#words = new Uint32Array(
      bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + start + length),
    );
    for (let at = 0; at < this.#words.length; ) {
      this.#at.push(at);
      const kind = this.#kindAt(at);
      at += 3 + (PER_PART[kind] ?? 0) * this.#partsAt(at) + (ONCE[kind] ?? 0);
    }
  }

  /** Functions of up to `most` parameters, all words, of which some point to records. */
  functions(most: number): { name: string; pointers: readonly { index: number; record: number }[] }[] {
    const found = [];
    for (let id = 1; id < this.#at.length; id++) {
      if (this.#kind(id) !== KIND.func) continue;
      const proto = this.#word(id, 2);
      const count = this.#partsAt(this.#at[proto]!);
      const types = Array.from({ length: count }, (_, i) => this.#word(proto, 4 + 2 * i));
      if (count > most || types.some((type) => type === 0 || this.#isRecord(this.#bare(type)))) continue;
      const result = this.#word(proto, 2);
      if (result !== 0 && this.#isRecord(this.#bare(result))) continue;
      const pointers = types.flatMap((type, index) => {
        const record = this.#pointed(type);
        return record === undefined ? [] : [{ index, record }];
      });
      if (pointers.length > 0) found.push({ name: this.#name(id), pointers });
    }
    return found;
  }

  /** A member somewhere behind a pointer to a record, by up to `hops` further pointers. */
  leaf(record: number, hops: number, pick: <T>(of: readonly T[]) => T): Leaf | undefined {
    const members = this.#members(record);
    if (members.length === 0) return undefined;
    for (let attempt = 0; attempt < 20; attempt++) {
      const { name, offset, type } = pick(members);
      const behind = this.#pointed(type);
      if (behind !== undefined && hops > 0) {
        const rest = this.leaf(behind, hops - 1, pick);
        if (rest !== undefined)
          return { path: `->${name}${rest.path}`, offsets: [offset, ...rest.offsets], size: rest.size };
      }
      const size = this.#scalar(type);
      if (size !== undefined) return { path: `->${name}`, offsets: [offset], size };
    }
    return undefined;
  }

  /** Of records within the record, and of those without a name as if they were its own. Without bit fields. */
  #members(record: number, base = 0, prefix = ''): { name: string; offset: number; type: number }[] {
    const at = this.#at[record]!;
    const bitfields = this.#words[at + 1]! >>> 31 === 1;
    return Array.from({ length: this.#partsAt(at) }, (_, i) => at + 3 + 3 * i).flatMap((part) => {
      const [name, type, place] = [
        this.#text(this.#words[part]!),
        this.#words[part + 1]!,
        this.#words[part + 2]!,
      ];
      const bits = bitfields ? place & 0xffffff : place;
      if ((bitfields && place >>> 24 !== 0) || bits % 8 !== 0) return [];
      const offset = base + bits / 8;
      const bare = this.#bare(type);
      if (this.#isRecord(bare))
        return this.#members(bare, offset, name === '' ? prefix : `${prefix}${name}.`);
      return name === '' ? [] : [{ name: prefix + name, offset, type }];
    });
  }

  #scalar(type: number): number | undefined {
    const bare = this.#bare(type);
    if (bare === 0) return undefined;
    const kind = this.#kind(bare);
    if (kind === KIND.ptr) return 8;
    const size = this.#word(bare, 2);
    const isNumber = kind === KIND.int || kind === KIND.enum || kind === KIND.enum64;
    return isNumber && [1, 2, 4, 8].includes(size) ? size : undefined;
  }

  /** The record that a type points to. Memory of processes is left alone. */
  #pointed(type: number): number | undefined {
    const bare = this.#bare(type);
    if (bare === 0 || this.#kind(bare) !== KIND.ptr) return undefined;
    for (let to = this.#word(bare, 2); to !== 0; to = this.#word(to, 2)) {
      if (this.#kind(to) === 18) return undefined;
      if (!TRANSPARENT.has(this.#kind(to))) return this.#isRecord(to) ? to : undefined;
    }
    return undefined;
  }

  #isRecord(id: number): boolean {
    return id !== 0 && (this.#kind(id) === KIND.struct || this.#kind(id) === KIND.union);
  }

  #bare(id: number): number {
    let bare = id;
    while (bare !== 0 && TRANSPARENT.has(this.#kind(bare))) bare = this.#word(bare, 2);
    return bare;
  }

  #word(id: number, index: number): number {
    return this.#words[this.#at[id]! + index]!;
  }

  #kind(id: number): number {
    return this.#kindAt(this.#at[id]!);
  }

  #kindAt(at: number): number {
    return (this.#words[at + 1]! >>> 24) & 0x1f;
  }

  #partsAt(at: number): number {
    return this.#words[at + 1]! & 0xffff;
  }

  #name(id: number): string {
    return this.#text(this.#word(id, 0));
  }

  #text(offset: number): string {
    const from = this.#strings + offset;
    return this.#bytes.toString('latin1', from, this.#bytes.indexOf(0, from));
  }
}
