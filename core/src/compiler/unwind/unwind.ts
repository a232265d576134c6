/**
 * Walking a user stack inside the program, frame by frame, by the tables that the session keeps in maps. Where no table
 * says how a frame finds its caller (generated code, a process nothing is known of yet) the frame pointer is tried,
 * unless the user wants none of that.
 */

import { maskFor } from '../branchless.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { type Imm, imm, type Operand, type StackRef, type V } from '../ir/ir.js';
import { repeat, repeatOuter } from '../loops.js';
import { ScriptFrames } from '../scripts/script-frames.js';
import { endsInCall } from './call-check.js';
import { CHUNK, FRAME_KIND, RULE, SAVED_IN, SIGNAL, STRETCH, UNWIND_MAP } from './layout.js';
import { KnownProcess } from './process.js';
import { FrameRegisters } from './registers.js';
import { PendingReturns } from './return-probes.js';
import { rowAt, type SearchedRows, searchRows } from './search.js';

const USER_STACK = 1 << 8;

/** A walked stack in scratch memory. */
export interface Walked {
  /** Addresses, innermost first; behind them zeros. */
  readonly at: V;
  readonly count: V;
}

const lowByte = imm(0xff);

/** `scripts`: with the frames of scripts in place of those of their interpreter. */
export function walkUserStack(code: Code, frames: number, { scripts = false } = {}): Walked {
  const room = (maskFor(frames - 1) + 1) * 8;
  const offset = code.scratchOffset(room);
  code.zero(code.scratchBase, offset, room);
  const count = new Cell(code, imm(0));
  code.unit.usesUnwinding = true;
  code.region(() => new Walk(code, offset, frames, count, scripts && canFindScripts(code)).write());
  return { at: code.b.address(code.scratchBase, offset), count: count.get() };
}

/** Older kernels may not get to the end of such a loop when they follow it. */
const canFindScripts = (code: Code): boolean => code.unit.input.arch === 'x64' && code.has('may_goto');

/** Turns for frames that are not recorded: the interpreter's own. */
const TURNS_FOR_SCRIPTS = 2;

class Walk {
  private readonly process: KnownProcess;
  private readonly registers: FrameRegisters;
  private readonly returns: PendingReturns;
  private readonly pc: Cell;
  /** 1: the address is that behind a call, and the call is in the byte before it. */
  private readonly back: Cell;
  /** The stretch the frame before was in: most callers are in the same. */
  private readonly stretch: Cell;
  /** 1: the address was found by a frame pointer that may be none. */
  private readonly guessed: Cell;
  private readonly done: string;
  /** What is read goes here, frame by frame. */
  private buffer: StackRef = { stack: -1, offset: 0 };
  private readonly strict: boolean;
  private readonly scripts: ScriptFrames | undefined;

  constructor(
    private readonly code: Code,
    private readonly offset: number,
    private readonly frames: number,
    private readonly count: Cell,
    scripts: boolean,
  ) {
    this.scripts = scripts ? new ScriptFrames(code) : undefined;
    this.process = new KnownProcess(code);
    this.registers = new FrameRegisters(code);
    this.returns = new PendingReturns(code);
    this.pc = new Cell(code);
    this.back = new Cell(code);
    this.guessed = new Cell(code);
    this.stretch = new Cell(code);
    this.done = code.b.newLabel('walked');
    this.strict = code.unit.options.ustackunwind === 'dwarf';
  }

  write(): void {
    const { code, registers, process } = this;
    const { b } = code;
    const foreign = b.newLabel('foreign');
    process.find(this.done);
    registers.load(foreign);
    this.pc.set(registers.get(registers.machine.pc));
    this.back.set(imm(0));
    this.guessed.set(imm(0));
    this.stretch.set(imm(0));
    this.returns.start();
    this.scripts?.begin();
    const turns = this.scripts === undefined ? this.frames : this.frames * TURNS_FOR_SCRIPTS;
    // What finds scripts is too long to be followed turn by turn.
    (this.scripts === undefined ? repeat : repeatOuter)(code, turns, () => this.turn());
    b.jump(this.done);
    b.label(foreign);
    if (!this.strict) this.readByFramePointer();
    b.label(this.done);
    process.ask();
  }

  /** What the kernel makes of 32-bit code. */
  private readByFramePointer(): void {
    const { b, ctx, scratchBase } = this.code;
    const to = b.address(scratchBase, this.offset);
    const bytes = b.helper('bpf_get_stack', ctx, to, imm(this.frames * 8), imm(USER_STACK));
    b.branch('s<=', bytes, imm(0), this.done);
    this.count.set(b.alu('rsh', bytes, imm(3)));
  }

  private turn(): void {
    const { b } = this.code;
    const { scripts } = this;
    b.branch('>=', this.count.get(), imm(this.frames), this.done);
    if (scripts === undefined) {
      this.frame();
      return;
    }
    const [native, end] = [b.newLabel('native'), b.newLabel('turn')];
    b.branch('==', scripts.pending.get(), imm(0), native);
    scripts.step((word) => this.recordAs(word));
    b.jump(end);
    b.label(native);
    this.frame();
    b.label(end);
  }

  private frame(): void {
    const { b } = this.code;
    const [outside, guess, next] = [b.newLabel('outside'), b.newLabel('guess'), b.newLabel('next')];
    this.buffer = b.buffer(16);
    const address = b.alu('sub', this.pc.get(), this.back.get());
    this.findStretch(address);
    const stretch = rowAt(this.code, this.stretches(), this.stretch.get());
    const distance = b.alu('sub', address, b.load(8, stretch, STRETCH.start));
    b.branch('>=', distance, b.load(4, stretch, STRETCH.length), outside);
    // Generated code may enter other code in ways of its own.
    const generated = b.newLabel('generated');
    b.branch('==', b.load(4, stretch, STRETCH.count), imm(0), generated);
    this.checkCall();
    b.label(generated);
    this.record(address);
    this.byTable(stretch, distance, guess, next);
    b.label(outside);
    // A guess that leads to no code was a wrong one, if we know where code is.
    b.branch('!=', b.alu('mul', this.guessed.get(), this.process.count.get()), imm(0), this.done);
    this.checkCall();
    this.record(address);
    this.process.isStale();
    b.label(guess);
    if (this.strict) b.jump(this.done);
    else this.byFramePointer();
    b.label(next);
    this.returns.correct(this.registers.get(this.registers.machine.sp), this.pc);
    b.releaseBuffer(this.buffer);
    b.branch('==', this.pc.get(), imm(0), this.done);
  }

  /** All there are, of all processes. */
  private stretches(): SearchedRows {
    const base = this.code.b.move({ map: UNWIND_MAP.stretches, value: 0 });
    return { base, most: STRETCH.most, size: STRETCH.size, width: 8 };
  }

  private findStretch(address: V): void {
    const { code, process } = this;
    const { b } = code;
    const same = b.newLabel('same');
    const before = rowAt(code, this.stretches(), this.stretch.get());
    const distance = b.alu('sub', address, b.load(8, before, STRETCH.start));
    b.branch('<', distance, b.load(4, before, STRETCH.length), same);
    const run = { first: process.first.get(), count: process.count.get(), most: STRETCH.mostOfOne };
    this.stretch.set(searchRows(code, this.stretches(), run, address));
    b.label(same);
  }

  /** The frame's address; or, if the code there executes a script, its frames to come. */
  private record(code: V): void {
    const { b } = this.code;
    const [native, recorded] = [b.newLabel('native'), b.newLabel('recorded')];
    if (this.scripts !== undefined) {
      this.scripts.enter(code, native);
      b.jump(recorded);
    }
    b.label(native);
    this.recordAs(this.pc.get());
    b.label(recorded);
  }

  private recordAs(word: V): void {
    const { b, scratchBase } = this.code;
    const index = b.alu('and', this.count.get(), imm(maskFor(this.frames - 1)));
    b.store(8, b.alu('add', scratchBase, b.alu('lsh', index, imm(3))), this.offset, word);
    this.count.add(imm(1));
  }

  /** To the caller by the rule of this code, and to `next`. */
  private byTable(stretch: V, distance: V, guess: string, next: string): void {
    const { code, registers, done } = this;
    const { b } = code;
    const { machine } = registers;
    const rows = b.load(4, stretch, STRETCH.count);
    b.branch('==', rows, imm(0), guess);
    const rule = this.findRule(stretch, rows, distance);
    const kinds = b.load(4, rule, RULE.kinds);
    const frameKind = b.alu('and', kinds, imm(SIGNAL - 1));
    b.branch('==', frameKind, imm(FRAME_KIND.none), guess);
    b.branch('>=', frameKind, imm(FRAME_KIND.end), done);
    const base = registers.at(b.alu('and', b.alu('rsh', kinds, imm(8)), lowByte), done);
    const frame = b.alu('add', base, signed(code, b.load(4, rule, RULE.offset), 32));
    const plain = b.newLabel('frame');
    b.branch('==', frameKind, imm(FRAME_KIND.base), plain);
    b.assign(frame, b.alu('add', this.readWord(frame), signed(code, b.load(4, rule, RULE.plus), 32)));
    b.label(plain);
    const signal = b.alu('and', kinds, imm(SIGNAL));
    this.checkOrder(frame, signal);
    const [caller, saved] = [b.newLabel('caller'), b.load(4, rule, RULE.saved)];
    this.readBoth(kinds, saved, frame, caller);
    this.readReturnAddress(kinds, saved, frame, base);
    this.readFramePointer(kinds, saved, frame, base);
    b.label(caller);
    registers.set(machine.sp, frame);
    registers.valid.set(b.alu('and', registers.valid.get(), bits(machine.sp, machine.fp)));
    this.back.set(b.alu('xor', b.alu('rsh', signal, imm(7)), imm(1)));
    this.guessed.set(imm(0));
    b.jump(next);
  }

  private findRule(stretch: V, count: V, distance: V): V {
    const { code, done } = this;
    const { b } = code;
    b.store(8, this.buffer, 0, b.load(4, stretch, STRETCH.chunk));
    const chunk = b.helper('bpf_map_lookup_elem', { map: UNWIND_MAP.chunks }, this.buffer);
    b.branch('==', chunk, imm(0), done);
    b.store(8, this.buffer, 0, imm(0));
    const base = b.helper('bpf_map_lookup_elem', chunk, this.buffer);
    b.branch('==', base, imm(0), done);
    const pc = b.alu('add', distance, b.load(4, stretch, STRETCH.pc));
    const rows = { base, most: CHUNK.rows, size: 4, width: 4 } as const;
    const run = { first: b.load(4, stretch, STRETCH.first), count, most: CHUNK.rows };
    const row = searchRows(code, rows, run, pc);
    const number = b.load(2, rowAt(code, { ...rows, size: 2 }, row), CHUNK.rules);
    const rules = { base: b.move({ map: UNWIND_MAP.rules, value: 0 }), most: RULE.most, size: RULE.size };
    return rowAt(code, { ...rules, width: 4 }, number);
  }

  /** Stacks grow down: a caller's frame that is not above is none. Signals may have a stack of their own. */
  private checkOrder(frame: V, signal: V): void {
    const { code, registers } = this;
    const ordered = code.b.newLabel('ordered');
    code.b.branch('!=', signal, imm(0), ordered);
    code.b.branch('<', frame, registers.get(registers.machine.sp), this.done);
    code.b.label(ordered);
  }

  /** The usual frame has both right below the frame address: one read, and to `caller`. */
  private readBoth(kinds: V, saved: V, frame: V, caller: string): void {
    const { b } = this.code;
    const { registers, buffer } = this;
    const unusual = b.newLabel('unusual');
    const usual = SAVED_IN.frame | (SAVED_IN.frame << 8);
    b.branch('!=', b.alu('rsh', kinds, imm(16)), imm(usual), unusual);
    b.branch('!=', saved, imm((-16 & 0xffff) | ((-8 & 0xffff) * 0x1_0000)), unusual);
    this.read(16, b.alu('sub', frame, imm(16)), this.done);
    registers.set(registers.machine.fp, b.load(8, buffer, 0));
    this.setCaller(b.load(8, buffer, 8));
    b.jump(caller);
    b.label(unusual);
  }

  private readReturnAddress(kinds: V, saved: V, frame: V, base: V): void {
    const { registers } = this;
    const { b } = this.code;
    const [inRegister, found] = [b.newLabel('register'), b.newLabel('address')];
    const where = b.alu('rsh', kinds, imm(24));
    b.branch('==', where, imm(SAVED_IN.register), inRegister);
    b.branch('==', where, imm(SAVED_IN.lost), this.done);
    const offset = signed(this.code, b.alu('rsh', saved, imm(16)), 16);
    this.setCaller(this.readWord(b.alu('add', this.startOf(where, frame, base), offset)));
    b.jump(found);
    b.label(inRegister);
    if (this.code.unit.input.arch === 'arm64') {
      registers.check(imm(LINK), this.done);
      this.setCaller(registers.get(LINK));
    } else b.jump(this.done);
    b.label(found);
  }

  private readFramePointer(kinds: V, saved: V, frame: V, base: V): void {
    const { registers } = this;
    const { fp } = registers.machine;
    const { b } = this.code;
    const [lost, kept] = [b.newLabel('lost'), b.newLabel('kept')];
    const where = b.alu('and', b.alu('rsh', kinds, imm(16)), lowByte);
    b.branch('==', where, imm(SAVED_IN.register), kept);
    b.branch('==', where, imm(SAVED_IN.lost), lost);
    const offset = signed(this.code, b.alu('and', saved, imm(0xffff)), 16);
    this.read(8, b.alu('add', this.startOf(where, frame, base), offset), lost);
    registers.set(fp, b.load(8, this.buffer, 0));
    b.jump(kept);
    b.label(lost);
    registers.valid.set(b.alu('and', registers.valid.get(), imm(~(1n << BigInt(fp)))));
    b.label(kept);
  }

  /** What a saved register's offset counts from. */
  private startOf(where: V, frame: V, base: V): V {
    const { b } = this.code;
    const start = b.move(frame);
    const chosen = b.newLabel('start');
    b.branch('==', where, imm(SAVED_IN.frame), chosen);
    b.assign(start, base);
    b.label(chosen);
    return start;
  }

  /** To the caller by the frame pointer, if that leads to a frame. */
  private byFramePointer(): void {
    const { code, registers, buffer, done } = this;
    const { b } = code;
    const { machine } = registers;
    registers.check(imm(machine.fp), done);
    const fp = registers.get(machine.fp);
    b.branch('!=', b.alu('and', fp, imm(7)), imm(0), done);
    b.branch('<', fp, registers.get(machine.sp), done);
    this.read(16, fp, done);
    registers.set(machine.fp, b.load(8, buffer, 0));
    this.setCaller(b.load(8, buffer, 8));
    // Where else the frame lies is not known, but it is above.
    registers.set(machine.sp, b.alu('add', fp, imm(16)));
    registers.valid.set(bits(machine.fp, ...(machine.fixedFrames ? [machine.sp] : [])));
    this.back.set(imm(1));
    this.guessed.set(imm(1));
  }

  /** What a frame pointer led to must be behind a call, in code that a compiler made. */
  private checkCall(): void {
    const { b } = this.code;
    const checked = b.newLabel('checked');
    b.branch('==', this.guessed.get(), imm(0), checked);
    this.read(8, b.alu('sub', this.pc.get(), imm(8)), this.done);
    b.branch('==', endsInCall(this.code, b.load(8, this.buffer, 0)), imm(0), this.done);
    b.label(checked);
  }

  private setCaller(address: V): void {
    const { address: mask } = this.registers.machine;
    const signedCode = this.code.unit.input.arch === 'arm64';
    this.pc.set(signedCode ? this.code.b.alu('and', address, imm(mask)) : address);
  }

  private readWord(address: V): V {
    this.read(8, address, this.done);
    return this.code.b.load(8, this.buffer, 0);
  }

  private read(size: 8 | 16, address: V, otherwise: string): void {
    const { b } = this.code;
    const to: Operand = this.buffer;
    // Cleared first: what a helper writes does not make the verifier forget what another use left there.
    for (let at = 0; at < size; at += 8) b.store(8, this.buffer, at, imm(0));
    const status = b.helper('bpf_probe_read_user', to, imm(size), address);
    b.branch('!=', status, imm(0), otherwise);
  }
}

/** The link register of arm64. */
const LINK = 30;

const bits = (...words: readonly number[]): Imm =>
  imm(words.reduce((sum, word) => sum | (1n << BigInt(word)), 0n));

function signed(code: Code, value: V, width: 16 | 32): V {
  const { b } = code;
  return b.alu('arsh', b.alu('lsh', value, imm(64 - width)), imm(64 - width));
}
