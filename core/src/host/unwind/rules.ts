/** Where the caller's value of a register is. */
export interface Saved {
  /** In the register still; in memory, at the frame address or at the register of it; nowhere we can tell. */
  readonly in: 'register' | 'frame' | 'base' | 'lost';
  readonly offset: number;
}

/**
 * How a stretch of code finds its caller. The frame address is the caller's stack pointer ("canonical frame
 * address"); it is computed from one register of the frame, the base.
 */
export interface UnwindRule {
  /**
   * none: code of an unknown shape. base: base + offset. memory: what lies at base + offset, + `plus`. end: the
   * outermost frame. lost: described in a way that no rule can hold.
   */
  readonly frame: 'none' | 'base' | 'memory' | 'end' | 'lost';
  /** Word of struct pt_regs. */
  readonly base: number;
  readonly offset: number;
  readonly plus: number;
  readonly framePointer: Saved;
  readonly returnAddress: Saved;
  /** The caller was interrupted: its address is that of an instruction, not one behind a call. */
  readonly signal: boolean;
}

const LOST: Saved = { in: 'lost', offset: 0 };
const plain = {
  base: 0,
  offset: 0,
  plus: 0,
  framePointer: LOST,
  returnAddress: LOST,
  signal: false,
} as const;

export const NO_RULE: UnwindRule = { ...plain, frame: 'none' };
export const LOST_RULE: UnwindRule = { ...plain, frame: 'lost' };
export const END_RULE: UnwindRule = { ...plain, frame: 'end' };

const keyOf = ({
  frame,
  base,
  offset,
  plus,
  framePointer: f,
  returnAddress: r,
  signal,
}: UnwindRule): string => `${frame}${base} ${offset} ${plus} ${f.in}${f.offset} ${r.in}${r.offset}${signal}`;

/** Distinct rules, numbered in the order they are met. */
export class RuleSet {
  readonly #numbers = new Map<string, number>();
  readonly all: UnwindRule[] = [];

  number(rule: UnwindRule): number {
    const key = keyOf(rule);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.all.push(rule) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }
}
