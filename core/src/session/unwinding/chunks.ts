import { BpfMap } from 'ebpf-napi';
import type { MapImage } from '../../compiler/image.js';
import { CHUNK, encodeRule, RULE, UNWIND_MAP } from '../../compiler/unwind/layout.js';
import { unwindMaps } from '../../compiler/unwind/maps.js';
import type { UnwindTable } from '../../host/index.js';
import { growthSpec } from '../image-maps.js';

/** A run of a table's rows in a chunk. */
export interface Run {
  readonly chunk: number;
  readonly first: number;
  readonly count: number;
  /** The pcs it is for: from here up to the other. */
  readonly from: number;
  readonly to: number;
}

interface Chunk {
  readonly map: BpfMap;
  readonly pcs: Uint32Array;
  readonly rules: Uint16Array;
  used: number;
}

const u32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
/** Less room than this is not worth a run of its own. */
const LEAST_RUN = 2048;
const spec = growthSpec(unwindMaps.find(({ name }) => name === UNWIND_MAP.chunks) as MapImage);

/** The rules that programs know, each once. */
class Rules {
  readonly #words: Int32Array;
  readonly #numbers = new Map<string, number>();

  constructor(map: BpfMap) {
    const bytes = map.mmap();
    this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, (RULE.most * RULE.size) / 4);
  }

  /** Undefined: there are too many. */
  number(rule: UnwindTable['distinct'][number]): number | undefined {
    const words = encodeRule(rule);
    const key = words.join();
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    if (number === RULE.most) return undefined;
    this.#words.set(words, (number * RULE.size) / 4);
    this.#numbers.set(key, number);
    return number;
  }
}

/** The tables of files, where programs can search them. Rows are only ever added: a program may be reading. */
export class TableChunks {
  readonly #chunks: Chunk[] = [];
  readonly #rules: Rules;
  readonly #known = new Map<UnwindTable, readonly Run[]>();

  constructor(
    private readonly map: BpfMap,
    rules: BpfMap,
  ) {
    this.#rules = new Rules(rules);
  }

  /** Where a table's rows are, in their order; none when there is no room left for it. */
  runs(table: UnwindTable): readonly Run[] {
    let runs = this.#known.get(table);
    if (runs === undefined) {
      runs = this.#place(table);
      this.#known.set(table, runs);
    }
    return runs;
  }

  close(): void {
    for (const { map } of this.#chunks) map.close();
  }

  #place({ pcs, rules, distinct }: UnwindTable): Run[] {
    const numbers = Uint16Array.from(distinct, (rule) => this.#rules.number(rule) ?? 0xffff);
    const runs: Run[] = [];
    if (numbers.includes(0xffff)) return runs;
    for (let row = 0; row < pcs.length; ) {
      const number = this.#withRoom(pcs.length - row);
      const chunk = this.#chunks[number];
      if (chunk === undefined) return [];
      const count = Math.min(pcs.length - row, CHUNK.rows - chunk.used);
      const first = chunk.used;
      chunk.pcs.set(pcs.subarray(row, row + count), first);
      for (let i = 0; i < count; i++) chunk.rules[first + i] = numbers[rules[row + i] as number] as number;
      chunk.used += count;
      const from = pcs[row] as number;
      row += count;
      runs.push({ chunk: number, first, count, from, to: pcs[row] ?? Number.POSITIVE_INFINITY });
    }
    return runs;
  }

  /** A chunk for (the beginning of) so many rows; its number, or that of the chunk there can be no more of. */
  #withRoom(rows: number): number {
    const last = this.#chunks.at(-1);
    const room = last === undefined ? 0 : CHUNK.rows - last.used;
    if (room >= Math.min(rows, LEAST_RUN)) return this.#chunks.length - 1;
    const number = this.#chunks.length;
    if (number === CHUNK.most) return number;
    const map = BpfMap.create(spec);
    const bytes = map.mmap();
    this.#chunks.push({
      map,
      pcs: new Uint32Array(bytes.buffer, bytes.byteOffset, CHUNK.rows),
      rules: new Uint16Array(bytes.buffer, bytes.byteOffset + CHUNK.rules, CHUNK.rows),
      used: 0,
    });
    this.map.update(u32(number), u32(map.fd));
    return number;
  }
}
