/** The client's end of the socket: requests come as they come, replies are written before anything else happens. */
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { FrameReader } from '../frames.js';
import { encodeReply, type Reply } from '../replies.js';
import { LONGEST_REQUEST, parseRequest, type Request } from '../requests.js';

const waiting = new Int32Array(new SharedArrayBuffer(4));

export class Connection {
  /** Nobody listens any more. */
  closed = false;
  readonly #socket: Socket;

  constructor(readonly fd: number) {
    this.#socket = new Socket({ fd, readable: true, writable: false });
  }

  /** `end` is called once: the client has gone, or said what is not to be understood. */
  listen(onRequest: (request: Request) => void, end: (reason?: string) => void): void {
    const reader = new FrameReader(LONGEST_REQUEST);
    let ended = false;
    const finish = (reason?: string) => {
      if (ended) return;
      ended = true;
      this.#socket.pause();
      end(reason);
    };
    this.#socket.on('data', (chunk) => {
      try {
        for (const message of reader.read(chunk)) if (!ended) onRequest(parseRequest(message));
      } catch (error) {
        finish((error as Error).message);
      }
    });
    this.#socket.on('end', () => finish());
    this.#socket.on('error', () => {
      this.closed = true;
      finish();
    });
  }

  /** Waits for a client that reads slowly: that is what slows the session down, and not its memory. */
  send(reply: Reply): void {
    const bytes = encodeReply(reply);
    for (let at = 0; at < bytes.length && !this.closed; ) {
      try {
        at += writeSync(this.fd, bytes, at);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.closed = true;
        else Atomics.wait(waiting, 0, 0, 1);
      }
    }
  }
}
