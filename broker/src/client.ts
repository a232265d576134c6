/** Asking dtraced: a connection, what is asked on it, and what it answers. */
import type { Socket } from 'node:net';
import { FrameReader, frame } from './frames.js';
import { decodeReply, type Reply } from './replies.js';
import { PROTOCOL_VERSION, type Request, type StartRequest } from './requests.js';

export const DEFAULT_SOCKET = '/run/dtraced.sock';

/** Bytes of one reply: what a record or an aggregation may be. */
const LONGEST_REPLY = 2 ** 30;

export class BrokerError extends Error {
  override readonly name = 'BrokerError';
}

export class BrokerConnection {
  private constructor(private readonly socket: Socket) {}

  /** Rejects with a `BrokerError` of one line. */
  static open(path: string = DEFAULT_SOCKET): Promise<BrokerConnection> {
    return new Promise((resolve, reject) => {
      // Loaded here: it costs every start a tenth of its time, and few ask.
      const socket = process.getBuiltinModule('node:net').connect(path);
      const failed = (error: Error) =>
        reject(new BrokerError(`dtraced cannot be asked at ${path}: ${error.message}`));
      socket.once('error', failed);
      socket.once('connect', () => {
        socket.off('error', failed);
        // What went wrong is seen where replies are read.
        socket.on('error', () => {});
        resolve(new BrokerConnection(socket));
      });
    });
  }

  start(request: Omit<StartRequest, 'type' | 'version'>): void {
    this.#send({ type: 'start', version: PROTOCOL_VERSION, ...request });
  }

  /** Ends tracing in good order. */
  stop(): void {
    this.#send({ type: 'stop' });
  }

  close(): void {
    this.socket.destroy();
  }

  /** Everything that is told, to the end. Throws a `BrokerError` where there is no end to it. */
  async *replies(): AsyncGenerator<Reply> {
    const reader = new FrameReader(LONGEST_REPLY);
    for await (const chunk of this.socket) {
      for (const message of reader.read(chunk as Buffer)) {
        const reply = decodeReply(message);
        yield reply;
        if (reply.type === 'finished' || reply.type === 'failed' || reply.type === 'diagnostics') return;
      }
    }
    throw new BrokerError('dtraced closed the connection');
  }

  #send(request: Request): void {
    if (!this.socket.destroyed) this.socket.write(frame(Buffer.from(JSON.stringify(request))));
  }
}
