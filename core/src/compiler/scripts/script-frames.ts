/**
 * Frames of scripts in a stack that is walked: where the stack is in the function of an interpreter that executes scripts,
 * the frames that it executes there are recorded in its place.
 */
import { runningTgid } from '../builtins.js';
import { Cell } from '../cell.js';
import type { Code } from '../code.js';
import { imm, type V } from '../ir/ir.js';
import { INTERPRETER, INTERPRETER_KIND, SCRIPT_FRAME, SCRIPT_MAP, SCRIPT_NAME } from './layout.js';
import { PythonFrames } from './python.js';
import { UserReading } from './reading.js';
import { RubyFrames } from './ruby.js';

/** A frame of a script. */
export interface ScriptFrame {
  /** Where the interpreter keeps the function. */
  readonly function: V;
  /** The frame that called it, 0 for none. */
  readonly caller: V;
  /** 1: the interpreter was entered for it. */
  readonly last: V;
  /** 1: it is none that the script knows of. */
  readonly skipped: V;
}

/** How the frames of one kind of interpreter are found. */
interface Frames {
  /** The running thread's innermost; to `none` where there is none. */
  innermost(entry: V, none: string): V;
  look(frame: V, entry: V, otherwise: string): ScriptFrame;
  /** Writes a value of `script_names`. */
  describe(object: V, entry: V, at: number, otherwise: string): void;
}

const NO_EXIST = 1;

export class ScriptFrames {
  /** The interpreter's frame that is next; 0: none. */
  private readonly frame: Cell;
  /** 1: frames of it come before the stack goes on. */
  readonly pending: Cell;
  private readonly start: Cell;
  private readonly length: Cell;
  private readonly kinds: readonly (readonly [kind: number, frames: Frames])[];
  private readonly name: number;
  private readonly key: number;

  constructor(private readonly code: Code) {
    const reading = new UserReading(code);
    this.frame = new Cell(code, imm(0));
    this.pending = new Cell(code, imm(0));
    this.start = new Cell(code, imm(0));
    this.length = new Cell(code, imm(0));
    this.kinds = [
      [INTERPRETER_KIND.python, new PythonFrames(code, reading)],
      [INTERPRETER_KIND.ruby, new RubyFrames(code, reading)],
    ];
    this.name = code.scratchOffset(SCRIPT_NAME.size);
    this.key = code.scratchOffset(SCRIPT_NAME.keySize);
    code.unit.usesScripts = true;
  }

  /** Finds the running thread's innermost frame. */
  begin(): void {
    const { b } = this.code;
    const none = b.newLabel('unscripted');
    const entry = this.interpreter(none);
    this.start.set(b.load(8, entry, INTERPRETER.start));
    this.length.set(b.load(4, entry, INTERPRETER.length));
    this.each(entry, none, (frames) => this.frame.set(frames.innermost(entry, none)));
    b.label(none);
  }

  /** To `otherwise` where code at an address does not execute a script; else its frames are pending. */
  enter(address: V, otherwise: string): void {
    const { b } = this.code;
    b.branch('==', this.frame.get(), imm(0), otherwise);
    b.branch('>=', b.alu('sub', address, this.start.get()), this.length.get(), otherwise);
    this.pending.set(imm(1));
  }

  /** Takes the next pending frame, which is given to `record` if it is one of the script. */
  step(record: (word: V) => void): void {
    const { frame, pending } = this;
    const { b } = this.code;
    const [lost, done] = [b.newLabel('lost'), b.newLabel('stepped')];
    const entry = this.interpreter(lost);
    this.each(entry, lost, (frames, kind) => {
      const [skip, more] = [b.newLabel('skip'), b.newLabel('more')];
      const found = frames.look(frame.get(), entry, lost);
      b.branch('!=', found.skipped, imm(0), skip);
      const word = b.alu('or', found.function, b.constant(SCRIPT_FRAME));
      this.note(word, kind, (otherwise) => frames.describe(found.function, entry, this.name, otherwise));
      record(word);
      b.label(skip);
      frame.set(found.caller);
      b.branch('==', found.caller, imm(0), lost);
      b.branch('==', found.last, imm(0), more);
      pending.set(imm(0));
      b.label(more);
    });
    b.jump(done);
    b.label(lost);
    frame.set(imm(0));
    pending.set(imm(0));
    b.label(done);
  }

  /** What `write` writes for the kind of interpreter that the process is; to `otherwise` where it is none. */
  private each(entry: V, otherwise: string, write: (frames: Frames, kind: number) => void): void {
    const { b } = this.code;
    const end = b.newLabel('kind');
    for (const [kind, frames] of this.kinds) {
      const next = b.newLabel('next');
      b.branch('!=', b.load(4, entry, INTERPRETER.kind), imm(kind), next);
      this.code.region(() => write(frames, kind));
      b.jump(end);
      b.label(next);
    }
    b.jump(otherwise);
    b.label(end);
  }

  private interpreter(none: string): V {
    const { b } = this.code;
    const key = b.buffer(8);
    b.store(8, key, 0, runningTgid(this.code));
    const entry = b.move(b.helper('bpf_map_lookup_elem', { map: SCRIPT_MAP.interpreters }, key));
    b.releaseBuffer(key);
    b.branch('==', entry, imm(0), none);
    return entry;
  }

  /** Notes the name of a function that is met for the first time. */
  private note(word: V, kind: number, describe: (otherwise: string) => void): void {
    const { code, key, name } = this;
    const { b, scratchBase } = code;
    const known = b.newLabel('named');
    b.store(8, scratchBase, key, runningTgid(code));
    b.store(8, scratchBase, key + 8, word);
    const names = { map: SCRIPT_MAP.names };
    const found = b.helper('bpf_map_lookup_elem', names, b.address(scratchBase, key));
    b.branch('!=', found, imm(0), known);
    code.zero(scratchBase, name, SCRIPT_NAME.size);
    b.store(4, scratchBase, name + SCRIPT_NAME.kind, imm(kind));
    describe(known);
    const [at, value] = [b.address(scratchBase, key), b.address(scratchBase, name)];
    b.helper('bpf_map_update_elem', names, at, value, imm(NO_EXIST));
    b.label(known);
  }
}
