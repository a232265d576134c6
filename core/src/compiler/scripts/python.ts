import { kernelField, runningTask } from '../builtins.js';
import type { Code } from '../code.js';
import { imm, type V } from '../ir/ir.js';
import { INTERPRETER, PYTHON, SCRIPT_NAME } from './layout.js';
import type { UserReading } from './reading.js';
import type { ScriptFrame } from './script-frames.js';

const WORD = 8;
/** Thread-specific data as glibc keeps it: pairs of a number and a value, the first 32 in one array. */
const PAIR = 16;
const IN_FIRST_ARRAY = 32;
/** Of a text object: its state, the bits of it that are the width of a character, and the one that says ASCII. */
const STATE = 32;
const ASCII = 1 << 6;

const word = (name: keyof typeof PYTHON): number => INTERPRETER.words + 4 * PYTHON[name];

/** CPython's frames: objects that lead from one to the one that called it. */
export class PythonFrames {
  constructor(
    private readonly code: Code,
    private readonly reading: UserReading,
  ) {}

  private offset(entry: V, name: keyof typeof PYTHON): V {
    return this.code.b.load(4, entry, word(name));
  }

  private member(object: V, entry: V, name: keyof typeof PYTHON, otherwise: string): V {
    return this.reading.read(8, this.code.b.alu('add', object, this.offset(entry, name)), otherwise);
  }

  /** The running thread's innermost frame; to `none` where the thread does not execute Python. */
  innermost(entry: V, none: string): V {
    const { code, reading } = this;
    const { b } = code;
    const pointer = kernelField(code, 'task_struct', 'thread.fsbase', 8, runningTask(code));
    const key = reading.read(4, b.load(8, entry, INTERPRETER.root), none);
    b.branch('>=', key, imm(IN_FIRST_ARRAY), none);
    const array = this.member(pointer, entry, 'specific', none);
    const pair = b.alu('add', array, b.alu('mul', key, imm(PAIR)));
    const thread = reading.read(8, b.address(pair, WORD), none);
    b.branch('==', thread, imm(0), none);
    const holder = b.move(thread);
    const direct = b.newLabel('direct');
    b.branch('!=', this.offset(entry, 'direct'), imm(0), direct);
    b.assign(holder, this.member(thread, entry, 'holder', none));
    b.label(direct);
    return this.member(holder, entry, 'current', none);
  }

  /** What a frame executes, the frame that called it, and whether it is the last of its run. */
  look(frame: V, entry: V, otherwise: string): ScriptFrame {
    const { b } = this.code;
    const place = b.alu('add', frame, this.offset(entry, 'mark'));
    const mark = this.reading.read(1, place, otherwise);
    const marked = b.alu('and', mark, this.offset(entry, 'endMask'));
    const [last, skipped, end] = [b.constant(0), b.constant(0), b.newLabel('end')];
    b.branch('!=', marked, this.offset(entry, 'endValue'), end);
    b.assign(last, imm(1));
    b.assign(skipped, this.offset(entry, 'isShim'));
    b.label(end);
    const object = this.member(frame, entry, 'code', otherwise);
    return { function: object, caller: this.member(frame, entry, 'previous', otherwise), last, skipped };
  }

  describe(object: V, entry: V, at: number, otherwise: string): void {
    const { b, scratchBase } = this.code;
    const line = this.reading.read(4, b.alu('add', object, this.offset(entry, 'line')), otherwise);
    b.store(4, scratchBase, at + SCRIPT_NAME.line, line);
    this.text(object, entry, at, 'name', otherwise);
    this.text(object, entry, at, 'file', otherwise);
  }

  private text(object: V, entry: V, at: number, name: 'name' | 'file', otherwise: string): void {
    const { code, reading } = this;
    const { b, scratchBase } = code;
    const text = this.member(object, entry, name, otherwise);
    const state = reading.read(4, b.address(text, STATE), otherwise);
    const width = b.alu('and', b.alu('rsh', state, imm(2)), imm(7));
    b.store(4, scratchBase, at + SCRIPT_NAME[`${name}Width`], width);
    const characters = b.alu('add', text, this.offset(entry, 'compact'));
    const [ascii, wide, done] = [b.newLabel('ascii'), b.newLabel('wide'), b.newLabel('text')];
    const [to, room] = [b.address(scratchBase, at + SCRIPT_NAME[name]), SCRIPT_NAME[`${name}Bytes`]];
    b.branch('!=', b.alu('and', state, imm(ASCII)), imm(0), ascii);
    b.branch('>', width, imm(1), wide);
    reading.text(to, room, characters);
    b.jump(done);
    b.label(ascii);
    reading.text(to, room, b.alu('add', text, this.offset(entry, 'ascii')));
    b.jump(done);
    b.label(wide);
    reading.bytes(to, room, characters);
    b.label(done);
  }
}
