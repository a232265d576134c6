/**
 * Where output goes: standard output, or the file of -o. A write waits for its reader, which is what slows a
 * tracer down instead of filling its memory.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { bytesOfText } from '@dtrace/core';
import { CommandError } from './report.js';
import { reasonOf } from './system-error.js';

const STDOUT = 1;

export class Writer {
  /** The reader of a pipe has gone: nothing more is written, and nothing is wrong. */
  closed = false;
  readonly #first: { readonly fd: number; readonly name: string };
  #fd: number;
  #name: string;

  private constructor(fd: number, name: string) {
    this.#first = { fd, name };
    this.#fd = fd;
    this.#name = name;
  }

  /** Text is added at the end of a file; without a path it goes to standard output. */
  static to(path: string | undefined): Writer {
    if (path === undefined) return new Writer(STDOUT, 'standard output');
    try {
      return new Writer(openSync(path, 'a'), path);
    } catch (error) {
      throw new CommandError(`failed to open output file '${path}': ${reasonOf(error)}`);
    }
  }

  /** Standard output and no file. */
  get isStandard(): boolean {
    return this.#fd === STDOUT;
  }

  write(text: string): void {
    const bytes = bytesOfText(text);
    for (let at = 0; at < bytes.length && !this.closed; ) at += this.#writeSome(bytes, at);
  }

  /** From now on to that file, emptied, or back to where output went at first. */
  reopen(path: string | undefined): void {
    const fd = path === undefined ? this.#first.fd : openSync(path, 'w');
    if (this.#fd !== this.#first.fd) closeSync(this.#fd);
    this.#fd = fd;
    this.#name = path ?? this.#first.name;
  }

  truncate(): void {
    try {
      ftruncateSync(this.#fd);
    } catch {
      // A terminal or a pipe has nothing to cut off.
    }
  }

  #writeSome(bytes: Uint8Array, at: number): number {
    try {
      return writeSync(this.#fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Whoever shares the pipe made it non-blocking, and it is full for now.
      if (code === 'EAGAIN') return pause(1);
      this.closed = true;
      if (code === 'EPIPE') return 0;
      throw new CommandError(`failed to write to ${this.#name}: ${reasonOf(error)}`);
    }
  }
}

function pause(milliseconds: number): 0 {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  return 0;
}
