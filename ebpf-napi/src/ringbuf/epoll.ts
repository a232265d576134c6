import { endianness } from 'node:os';
import { check } from '../errors.js';
import { Poller } from '../poller.js';
import { closeFd, invoke } from '../syscall.js';

const CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;
const EPOLLET = 0x8000_0000;
/** `struct epoll_event` is packed on x86-64 only. */
const EVENT_BYTES = process.arch === 'x64' ? 12 : 16;

/** Many file descriptors watched as one; edge-triggered, so that data left unread does not call back again. */
export class EpollSet {
  readonly #fd: number;
  readonly #events: Uint8Array;
  readonly #poller: Poller;

  constructor(fds: readonly number[], what: string, onReady: () => void) {
    const asked = `watch ${what}`;
    this.#fd = check(invoke({ name: 'epoll_create1', args: [CLOEXEC] }), 'epoll_create1', asked);
    this.#events = new Uint8Array(EVENT_BYTES * Math.max(1, fds.length));
    const event = new Uint8Array(EVENT_BYTES);
    new DataView(event.buffer).setUint32(0, EPOLLIN | EPOLLET, endianness() === 'LE');
    for (const fd of fds) {
      const result = invoke({ name: 'epoll_ctl', args: [this.#fd, EPOLL_CTL_ADD, fd, event] });
      check(result, 'epoll_ctl', asked);
    }
    this.#poller = new Poller(this.#fd, what, () => {
      if (this.#takeEdges() > 0) onReady();
    });
  }

  #takeEdges(): number {
    const most = this.#events.length / EVENT_BYTES;
    return invoke({ name: 'epoll_pwait', args: [this.#fd, this.#events, most, 0, null, 0] });
  }

  keepAlive(keep: boolean): void {
    this.#poller.keepAlive(keep);
  }

  close(): void {
    this.#poller.close();
    closeFd(this.#fd);
  }
}
