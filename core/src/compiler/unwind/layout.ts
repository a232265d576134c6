/**
 * What programs know of the code of processes, as it lies in their maps. The session writes it while tracing; programs
 * search it.
 *
 *     process ─ stretches of its address space ─ rows of a table chunk ─ rule
 */

export const UNWIND_MAP = {
  processes: 'uw_processes',
  stretches: 'uw_stretches',
  chunks: 'uw_chunks',
  rules: 'uw_rules',
} as const;

/** Value of `processes`, by u32 tgid. */
export const PROCESS = {
  size: 32,
  /** u64: tells one program the process runs from the next; see `identityOf`. */
  identity: 0,
  /** u32: its first stretch, and how many it has. 0: nothing is known. */
  first: 8,
  count: 12,
  /** u32: pages of code it had when its mappings were read. */
  codePages: 16,
  /** u32: 1 once a program has asked for its mappings to be read (again). */
  asked: 20,
  most: 4096,
} as const;

/** A stretch of an address space whose code one run of rows describes. */
export const STRETCH = {
  size: 32,
  /** u64 */
  start: 0,
  /** u32 bytes */
  length: 8,
  /** u32: `pc` of a row = distance from the start of the stretch + this. */
  pc: 12,
  /** u32: where the rows are. `count` 0: this code has none. */
  chunk: 16,
  first: 20,
  count: 24,
  /** Of all processes together, and of one: powers of two. */
  most: 32_768,
  mostOfOne: 2048,
} as const;

/** A map of one value: u32 pcs of all rows, ascending within a run, then their u16 rules. */
export const CHUNK = {
  rows: 32_768,
  rules: 32_768 * 4,
  size: 32_768 * 6,
  most: 1024,
} as const;

/**
 * u32: frame kind and `SIGNAL`, base register (word of pt_regs), where the frame pointer and the return address are, a
 * byte each. s32: offset of the frame address. Two s16: offsets of frame pointer and return address. s32: `plus`.
 */
export const RULE = { size: 16, kinds: 0, offset: 4, saved: 8, plus: 12, most: 8192 } as const;

export const FRAME_KIND = { none: 0, base: 1, memory: 2, end: 3, lost: 4 } as const;
export const SAVED_IN = { register: 0, frame: 1, base: 2, lost: 3 } as const;
export const SIGNAL = 0x80;

interface Saved {
  readonly in: keyof typeof SAVED_IN;
  readonly offset: number;
}

export interface EncodableRule {
  readonly frame: keyof typeof FRAME_KIND;
  readonly base: number;
  readonly offset: number;
  readonly plus: number;
  readonly framePointer: Saved;
  readonly returnAddress: Saved;
  readonly signal: boolean;
}

const fits16 = (value: number): boolean => value === (value << 16) >> 16;
const LOST = [FRAME_KIND.lost, 0, 0, 0] as const;

/** The four words of a rule. What they cannot hold is lost. */
export function encodeRule(rule: EncodableRule): readonly [number, number, number, number] {
  const { returnAddress, framePointer } = rule;
  if (!fits16(returnAddress.offset)) return LOST;
  const far = !fits16(framePointer.offset);
  return [
    FRAME_KIND[rule.frame] |
      (rule.signal ? SIGNAL : 0) |
      (rule.base << 8) |
      (SAVED_IN[far ? 'lost' : framePointer.in] << 16) |
      (SAVED_IN[returnAddress.in] << 24),
    rule.offset,
    (far ? 0 : framePointer.offset & 0xffff) | (returnAddress.offset << 16),
    rule.plus,
  ];
}

/** What PROCESS.identity holds: both differ from one exec to the next, and the kernel tells both in /proc/PID/stat. */
export const identityOf = (startCode: bigint, startStack: bigint): bigint =>
  BigInt.asUintN(64, startCode + startStack);

/** The epid of a record of nothing but a header, whose probe id is the process a program asks about. */
export const UNWIND_REQUEST = 0xffff_ffff;
