import { check } from '../errors.js';
import { Poller } from '../poller.js';
import { closeFd, invoke } from '../syscall.js';

/** A process that need not be a child, held so that its pid cannot be mistaken for a later one. Linux 5.3. */
export class PidFd {
  #fd: number;
  #poller: Poller | undefined;

  constructor(readonly pid: number) {
    const hint = 'is it still running?';
    const result = invoke({ name: 'pidfd_open', args: [pid, 0] });
    this.#fd = check(result, 'pidfd_open', `watch process ${pid}`, result === -3 ? { hint } : {});
  }

  get fd(): number {
    return this.#fd;
  }

  /** Called once, from the event loop, when the process has ended, also if it had before this call. */
  onExit(callback: () => void): void {
    this.#poller?.close();
    this.#poller = new Poller(this.#fd, `process ${this.pid}`, () => {
      this.close();
      callback();
    });
  }

  unref(): void {
    this.#poller?.keepAlive(false);
  }

  ref(): void {
    this.#poller?.keepAlive(true);
  }

  close(): void {
    this.#poller?.close();
    this.#poller = undefined;
    if (this.#fd >= 0) closeFd(this.#fd);
    this.#fd = -1;
  }
}

export function pidfdOpen(pid: number): PidFd {
  return new PidFd(pid);
}
