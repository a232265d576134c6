import { addon, type PollHandle } from './addon.js';
import { BpfError } from './errors.js';

/** Calls back from the event loop while a file descriptor is readable. */
export class Poller {
  #handle: PollHandle | undefined;

  constructor(fd: number, what: string, onReadable: () => void) {
    const handle = addon().pollOpen(fd, onReadable);
    if (typeof handle === 'number') {
      throw new BpfError({ syscall: 'uv_poll_init', errno: -handle, asked: `watch ${what}` });
    }
    this.#handle = handle;
  }
  /** Whether it keeps the process running; it does at first. */
  keepAlive(keep: boolean): void {
    if (this.#handle !== undefined) addon().pollRef(this.#handle, keep);
  }
  close(): void {
    if (this.#handle !== undefined) addon().pollClose(this.#handle);
    this.#handle = undefined;
  }
}
