/** Runs the program of one function's call frame information and tells the rule of every stretch of its code. */
import type { UnwindArchitecture } from './architecture.js';
import type { Cursor } from './cursor.js';
import { evaluate, type Place } from './expression.js';
import type { CommonInfo, FrameInfo } from './frame-info.js';
import { END_RULE, LOST_RULE, type Saved, type UnwindRule } from './rules.js';

const CFA = {
  advance: 0x40,
  offset: 0x80,
  restore: 0xc0,
  nop: 0x00,
  setLocation: 0x01,
  advance1: 0x02,
  advance2: 0x03,
  advance4: 0x04,
  offsetExtended: 0x05,
  restoreExtended: 0x06,
  undefined: 0x07,
  sameValue: 0x08,
  register: 0x09,
  rememberState: 0x0a,
  restoreState: 0x0b,
  define: 0x0c,
  defineRegister: 0x0d,
  defineOffset: 0x0e,
  defineExpression: 0x0f,
  expression: 0x10,
  offsetExtendedSigned: 0x11,
  defineSigned: 0x12,
  defineOffsetSigned: 0x13,
  valueOffset: 0x14,
  valueOffsetSigned: 0x15,
  valueExpression: 0x16,
  negateReturnState: 0x2d,
  argumentsSize: 0x2e,
  negativeOffset: 0x2f,
} as const;

/** Where a register of the caller is: at the frame address + offset, at a place, in itself, or gone. */
type Where = 'same' | 'undefined' | 'lost' | number | Place;

interface State {
  /** The frame address: a place, or an expression that may look at the address of the instruction. */
  readonly cfa: Place | Uint8Array | undefined;
  readonly fp: Where;
  readonly ra: Where;
}

const usesAddress = (expression: Uint8Array): boolean => expression.includes(0x80);
/** Longest code whose rules are worked out address by address: that of .plt sections. */
const LONGEST_STEPPED = 1 << 20;

export type EachRule = (from: number, rule: UnwindRule) => void;

export class FrameProgram {
  #state: State = { cfa: undefined, fp: 'same', ra: 'same' };
  #initial: State | undefined;
  #saved: State[] = [];
  #location = 0;

  constructor(
    private readonly arch: UnwindArchitecture,
    private readonly cursor: Cursor,
    private readonly each: EachRule,
  ) {}

  run(frame: FrameInfo): void {
    const { common, from, to } = frame;
    this.#initial = undefined;
    this.#state = { cfa: undefined, fp: 'same', ra: 'same' };
    this.#saved = [];
    this.#location = from;
    this.#execute(common, common.start, common.end);
    this.#initial = this.#state;
    this.#execute(common, frame.start, frame.end);
    this.#emit(to, common);
  }

  #execute(common: CommonInfo, start: number, end: number): void {
    const { cursor } = this;
    cursor.at = start;
    while (cursor.at < end) this.#step(common);
  }

  #step(common: CommonInfo): void {
    const { cursor } = this;
    const op = cursor.u8();
    const low = op & 0x3f;
    switch (op & 0xc0) {
      case CFA.advance:
        this.#advance(low * common.codeAlign, common);
        return;
      case CFA.offset:
        this.#set(low, cursor.uleb() * common.dataAlign);
        return;
      case CFA.restore:
        this.#restore(low);
        return;
      default:
    }
    switch (op) {
      case CFA.setLocation: {
        const to = cursor.pointer(common.pointers);
        if (to !== undefined) this.#advance(to - this.#location, common);
        return;
      }
      case CFA.advance1:
        this.#advance(cursor.u8() * common.codeAlign, common);
        return;
      case CFA.advance2:
        this.#advance(cursor.u16() * common.codeAlign, common);
        return;
      case CFA.advance4:
        this.#advance(cursor.u32() * common.codeAlign, common);
        return;
      case CFA.offsetExtended:
        this.#set(cursor.uleb(), cursor.uleb() * common.dataAlign);
        return;
      case CFA.offsetExtendedSigned:
        this.#set(cursor.uleb(), cursor.sleb() * common.dataAlign);
        return;
      case CFA.negativeOffset:
        this.#set(cursor.uleb(), -cursor.uleb() * common.dataAlign);
        return;
      case CFA.restoreExtended:
        this.#restore(cursor.uleb());
        return;
      case CFA.undefined:
        this.#set(cursor.uleb(), 'undefined');
        return;
      case CFA.sameValue:
        this.#set(cursor.uleb(), 'same');
        return;
      case CFA.register:
        this.#set(cursor.uleb(), 'lost');
        cursor.uleb();
        return;
      case CFA.rememberState:
        this.#saved.push(this.#state);
        return;
      case CFA.restoreState:
        this.#state = this.#saved.pop() ?? this.#state;
        return;
      case CFA.define:
        this.#define({ base: cursor.uleb(), offset: cursor.uleb() });
        return;
      case CFA.defineSigned:
        this.#define({ base: cursor.uleb(), offset: cursor.sleb() * common.dataAlign });
        return;
      case CFA.defineRegister:
        this.#define({ base: cursor.uleb(), offset: this.#offset });
        return;
      case CFA.defineOffset:
        this.#defineOffset(cursor.uleb());
        return;
      case CFA.defineOffsetSigned:
        this.#defineOffset(cursor.sleb() * common.dataAlign);
        return;
      case CFA.defineExpression: {
        const expression = this.#block();
        this.#state = {
          ...this.#state,
          cfa: usesAddress(expression) ? expression : evaluate(expression, 0, this.arch),
        };
        return;
      }
      case CFA.expression: {
        const register = cursor.uleb();
        this.#set(register, evaluate(this.#block(), 0, this.arch) ?? 'lost');
        return;
      }
      case CFA.valueOffset:
      case CFA.valueOffsetSigned:
        this.#set(cursor.uleb(), 'lost');
        cursor.uleb();
        return;
      case CFA.valueExpression:
        this.#set(cursor.uleb(), 'lost');
        this.#block();
        return;
      case CFA.argumentsSize:
        cursor.uleb();
        return;
      default:
      // Padding, or the mark of signed return addresses: programs strip signatures always.
    }
  }

  #block(): Uint8Array {
    const size = this.cursor.uleb();
    const { at } = this.cursor;
    this.cursor.at = at + size;
    return this.cursor.bytes.subarray(at, at + size);
  }

  get #offset(): number {
    const { cfa } = this.#state;
    return cfa !== undefined && 'offset' in cfa ? cfa.offset : 0;
  }

  #define(cfa: Place): void {
    this.#state = { ...this.#state, cfa };
  }

  #defineOffset(offset: number): void {
    const { cfa } = this.#state;
    if (cfa !== undefined && 'base' in cfa) this.#define({ base: cfa.base, offset });
  }

  #set(register: number, where: Where): void {
    if (register === this.arch.framePointer) this.#state = { ...this.#state, fp: where };
    else if (register === this.arch.returnAddress) this.#state = { ...this.#state, ra: where };
  }

  #restore(register: number): void {
    const initial = this.#initial ?? this.#state;
    if (register === this.arch.framePointer) this.#set(register, initial.fp);
    else if (register === this.arch.returnAddress) this.#set(register, initial.ra);
  }

  #advance(by: number, common: CommonInfo): void {
    if (by > 0) this.#emit(this.#location + by, common);
  }

  /** What the state says holds up to `to`. */
  #emit(to: number, common: CommonInfo): void {
    const { cfa } = this.#state;
    const from = this.#location;
    this.#location = to;
    if (!(cfa instanceof Uint8Array)) {
      this.each(from, this.#rule(cfa, common));
      return;
    }
    if (to - from > LONGEST_STEPPED) {
      this.each(from, LOST_RULE);
      return;
    }
    let before: Place | undefined;
    for (let pc = from; pc < to; pc++) {
      const place = evaluate(cfa, pc, this.arch);
      if (pc > from && place?.base === before?.base && place?.offset === before?.offset) continue;
      before = place;
      this.each(pc, this.#rule(place, common));
    }
  }

  #rule(cfa: Place | undefined, { signal }: CommonInfo): UnwindRule {
    const { ra, fp } = this.#state;
    if (ra === 'undefined') return END_RULE;
    const base = cfa?.base === undefined ? undefined : this.arch.words[cfa.base];
    if (cfa === undefined || base === undefined) return LOST_RULE;
    return {
      frame: cfa.plus === undefined ? 'base' : 'memory',
      base,
      offset: cfa.offset,
      plus: cfa.plus ?? 0,
      framePointer: saved(fp, cfa),
      returnAddress: saved(ra, cfa),
      signal,
    };
  }
}

function saved(where: Where, cfa: Place): Saved {
  if (where === 'same') return { in: 'register', offset: 0 };
  if (typeof where === 'number') return { in: 'frame', offset: where };
  const near = typeof where === 'object' && where.base === cfa.base && where.plus === undefined;
  return near ? { in: 'base', offset: where.offset } : { in: 'lost', offset: 0 };
}
