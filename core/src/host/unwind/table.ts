import type { ElfStructure, Segment } from '../elf/elf-file.js';
import { type UnwindArchitecture, unwindArchitectures } from './architecture.js';
import { Cursor } from './cursor.js';
import { readFrames } from './frame-info.js';
import { FrameProgram } from './frame-program.js';
import { LOST_RULE, NO_RULE, RuleSet, type UnwindRule } from './rules.js';

/** How to unwind the code of one file: what holds from each address on. */
export interface UnwindTable {
  /** Executable segments of the file. */
  readonly segments: readonly Segment[];
  /** Address that `pcs` count from. */
  readonly base: number;
  /** Ascending. */
  readonly pcs: Uint32Array;
  /** Of each row, its rule's place among the distinct ones. */
  readonly rules: Uint16Array;
  readonly distinct: readonly UnwindRule[];
}

const PT_GNU_EH_FRAME = 0x6474_e550;
/** Of the index of call frame information: version, three encodings, a pointer. */
const VERSION = 1;
const LONGEST_HEAD = 64;
const MOST_RULES = 0x1_0000;
/** Bytes between two functions that are only there to align the second. */
const PADDING = 16;

/** The table of a file; undefined: it has no call frame information, or is for another machine. */
export function unwindTable(elf: ElfStructure): UnwindTable | undefined {
  const arch = unwindArchitectures.get(elf.machine);
  const section = findFrames(elf);
  if (arch === undefined || section === undefined) return undefined;
  const base = Math.min(...elf.segments.map(({ address }) => address));
  const segments = elf.segments.filter(({ executable }) => executable);
  return { segments, base, ...new TableBuilder(base).build(section.bytes, section.address, arch) };
}

/** By the program headers: section headers may be stripped, or not in memory. */
function findFrames(elf: ElfStructure): { readonly bytes: Buffer; readonly address: number } | undefined {
  const index = elf.programs.find(({ type }) => type === PT_GNU_EH_FRAME);
  const head = index && elf.bytes(index.address, Math.min(index.fileSize, LONGEST_HEAD));
  if (index === undefined || head === undefined || head[0] !== VERSION) return undefined;
  const cursor = new Cursor(head, index.address, 1);
  const encoding = cursor.u8();
  cursor.at += 2;
  const address = cursor.pointer(encoding);
  // Its end is marked; what follows it in the segment is passed over.
  return address === undefined ? undefined : { bytes: elf.bytes(address, Number.MAX_SAFE_INTEGER), address };
}

/** The rows of one function, before all are put in order. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly end: number;
}

type Rows = Pick<UnwindTable, 'pcs' | 'rules' | 'distinct'>;

class TableBuilder {
  readonly #rules = new RuleSet();
  readonly #none = this.#rules.number(NO_RULE);
  readonly #lost = this.#rules.number(LOST_RULE);
  readonly #blocks: Block[] = [];
  readonly #rows: { pcs: Uint32Array; rules: Uint16Array; count: number } = {
    pcs: new Uint32Array(4096),
    rules: new Uint16Array(4096),
    count: 0,
  };

  constructor(readonly base: number) {}

  build(bytes: Uint8Array, address: number, arch: UnwindArchitecture): Rows {
    const program = new FrameProgram(arch, new Cursor(bytes, address), (from, rule) =>
      this.#add(from, this.#number(rule)),
    );
    readFrames(bytes, address, (frame) => {
      const first = this.#rows.count;
      program.run(frame);
      this.#blocks.push({ from: frame.from, to: frame.to, first, end: this.#rows.count });
    });
    return this.#inOrder();
  }

  #number(rule: UnwindRule): number {
    const number = this.#rules.number(rule);
    return number < MOST_RULES ? number : this.#lost;
  }

  #add(pc: number, rule: number): void {
    const rows = this.#rows;
    if (rows.count === rows.pcs.length) {
      const [pcs, rules] = [new Uint32Array(rows.count * 2), new Uint16Array(rows.count * 2)];
      pcs.set(rows.pcs);
      rules.set(rows.rules);
      Object.assign(rows, { pcs, rules });
    }
    rows.pcs[rows.count] = pc - this.base;
    rows.rules[rows.count++] = rule;
  }

  /** Functions by address, gaps marked, and rows that say what the one before says left out. */
  #inOrder(): Rows {
    const blocks = this.#blocks.sort((a, b) => a.from - b.from || a.to - b.to);
    const from = this.#rows;
    const pcs = new Uint32Array(from.count + blocks.length + 2);
    const rules = new Uint16Array(pcs.length);
    let count = 0;
    const add = (pc: number, rule: number) => {
      if (count > 0 && rules[count - 1] === rule) return;
      if (count > 0 && pcs[count - 1] === pc) count--;
      pcs[count] = pc;
      rules[count++] = rule;
    };
    let end = this.base;
    add(0, this.#none);
    for (const block of blocks) {
      if (block.from < end) continue;
      if (block.from - end >= PADDING) add(end - this.base, this.#none);
      for (let row = block.first; row < block.end; row++)
        add(from.pcs[row] as number, from.rules[row] as number);
      end = block.to;
    }
    add(end - this.base, this.#none);
    return {
      pcs: pcs.slice(0, count),
      rules: rules.slice(0, count),
      distinct: this.#rules.all,
    };
  }
}
