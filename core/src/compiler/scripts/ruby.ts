import { kernelField, runningTask } from '../builtins.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { imm, type V } from '../ir/ir.js';
import { INTERPRETER, RUBY, SCRIPT_NAME } from './layout.js';
import type { UserReading } from './reading.js';
import type { ScriptFrame } from './script-frames.js';

const WORD = 8;
/** In the flags of a frame: the function that interprets was called for it. */
const FINISH = 0x20;
/** In the flags of a text: its characters are elsewhere; of an array: its elements are not. */
const ELSEWHERE = 1 << 13;
/** What kind of object: an array. */
const KIND = 0x1f;
const ARRAY = 7;
/** Where an object has what is in it, or where its characters are. */
const CONTENTS = 16;
const CHARACTERS = 24;

const word = (name: keyof typeof RUBY): number => INTERPRETER.words + 4 * RUBY[name];

/** CRuby's frames: an array on a stack of its own, innermost first. */
export class RubyFrames {
  /** Where they end. */
  private readonly end: Cell;

  constructor(
    private readonly code: Code,
    private readonly reading: UserReading,
  ) {
    this.end = new Cell(code, imm(0));
  }

  private offset(entry: V, name: keyof typeof RUBY): V {
    return this.code.b.load(4, entry, word(name));
  }

  private member(object: V, entry: V, name: keyof typeof RUBY, otherwise: string): V {
    return this.reading.read(8, this.code.b.alu('add', object, this.offset(entry, name)), otherwise);
  }

  /** The running thread's innermost frame; to `none` where it does not execute Ruby. */
  innermost(entry: V, none: string): V {
    const { code, reading } = this;
    const { b } = code;
    const machine = reading.read(8, b.load(8, entry, INTERPRETER.root), none);
    const ractor = this.member(machine, entry, 'ractor', none);
    const context = this.member(ractor, entry, 'context', none);
    const thread = this.member(context, entry, 'thread', none);
    const pointer = kernelField(code, 'task_struct', 'thread.fsbase', 8, runningTask(code));
    b.branch('!=', this.member(thread, entry, 'threadId', none), pointer, none);
    const stack = this.member(context, entry, 'stack', none);
    const words = reading.read(8, b.address(b.alu('add', context, this.offset(entry, 'stack')), WORD), none);
    this.end.set(b.alu('add', stack, b.alu('mul', words, imm(WORD))));
    return this.member(context, entry, 'frame', none);
  }

  look(frame: V, entry: V, otherwise: string): ScriptFrame {
    const { b } = this.code;
    b.branch('>=', frame, this.end.get(), otherwise);
    const environment = this.member(frame, entry, 'environment', otherwise);
    const flags = this.reading.read(8, environment, otherwise);
    const iseq = this.member(frame, entry, 'iseq', otherwise);
    const [last, skipped, finished, script] = [
      b.constant(0),
      b.constant(0),
      b.newLabel('finished'),
      b.newLabel('script'),
    ];
    b.branch('==', b.alu('and', flags, imm(FINISH)), imm(0), finished);
    b.assign(last, imm(1));
    b.label(finished);
    // Of a method in C.
    b.branch('!=', iseq, imm(0), script);
    b.assign(skipped, imm(1));
    b.label(script);
    return { function: iseq, caller: b.alu('add', frame, this.offset(entry, 'frameSize')), last, skipped };
  }

  describe(iseq: V, entry: V, at: number, otherwise: string): void {
    const { b, scratchBase } = this.code;
    const body = this.member(iseq, entry, 'body', otherwise);
    // Small numbers are kept as twice what they are, and one.
    const line = b.alu('rsh', this.member(body, entry, 'line', otherwise), imm(1));
    b.store(4, scratchBase, at + SCRIPT_NAME.line, line);
    this.text(this.member(body, entry, 'label', otherwise), at, 'name', otherwise);
    const path = b.move(this.member(body, entry, 'path', otherwise));
    const plain = b.newLabel('path');
    const flags = this.reading.read(8, path, otherwise);
    b.branch('!=', b.alu('and', flags, imm(KIND)), imm(ARRAY), plain);
    // The path as given, and the real one.
    b.branch('==', b.alu('and', flags, imm(ELSEWHERE)), imm(0), otherwise);
    b.assign(path, this.reading.read(8, b.address(path, CONTENTS), otherwise));
    b.label(plain);
    this.text(path, at, 'file', otherwise);
  }

  private text(text: V, at: number, name: 'name' | 'file', otherwise: string): void {
    const { b, scratchBase } = this.code;
    const characters = b.move(b.address(text, CONTENTS));
    const here = b.newLabel('here');
    const flags = this.reading.read(8, text, otherwise);
    b.branch('==', b.alu('and', flags, imm(ELSEWHERE)), imm(0), here);
    b.assign(characters, this.reading.read(8, b.address(text, CHARACTERS), otherwise));
    b.label(here);
    const to = b.address(scratchBase, at + SCRIPT_NAME[name]);
    this.reading.text(to, SCRIPT_NAME[`${name}Bytes`], characters);
  }
}
