/**
 * A session in a thread of its own: compiling, draining and decoding there leave the program's event loop free. What the
 * program does not keep up with waits in the worker up to a limit, and is dropped and counted in the kernel beyond it.
 */
import { Worker } from 'node:worker_threads';
import { EventEmitter } from 'eventemitter3';
import type { AggregationEvent, DropEvent, ErrorEvent, ProbeEvent } from '../consumer/events-types.js';
import type { CompileRequest } from '../session/compile-program.js';
import type { SourceText } from '../session/front-end.js';
import { RecordQueue } from '../session/record-queue.js';
import {
  BatchReader,
  type FromWorker,
  type RecordBatch,
  type ToWorker,
  type WorkerAnswers,
  type WorkerResult,
  type WorkerStart,
} from './protocol.js';

export interface WorkerOptions {
  /** URLs or paths of provider packages' modules: `import.meta.resolve('@dtrace/provider-syscall')`. */
  readonly providers: readonly string[];
  readonly request?: Omit<CompileRequest, 'prepareTarget'>;
  /** Records to a message, at most: the longest that a batch keeps the event loop busy. Default 2048. */
  readonly batch?: number;
  /** Records that may wait in the worker. Default 65536. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface WorkerEvents {
  started: [];
  /** A printa(), or at the end what was never printed. */
  aggregations: [readonly AggregationEvent[]];
  drop: [DropEvent];
  fault: [ErrorEvent];
}

export class WorkerSession extends EventEmitter<WorkerEvents> {
  readonly #worker: Worker;
  readonly #finished: Promise<WorkerResult>;
  readonly #answers = new Map<number, (value: never) => void>();
  readonly #batches: RecordQueue<RecordBatch>;
  #reader: BatchReader | undefined;
  #iterated = false;
  #asked = 0;

  constructor(source: string | readonly SourceText[], options: WorkerOptions) {
    super();
    options.signal?.throwIfAborted();
    const { providers, request = {}, batch = 2048, limit = 65_536 } = options;
    const start: WorkerStart = { providers, source, request, batch, limit };
    this.#worker = new Worker(new URL('./main.js', import.meta.url), { workerData: start });
    const stop = () => void this.stop();
    options.signal?.addEventListener('abort', stop, { once: true });
    this.#batches = new RecordQueue(
      Number.POSITIVE_INFINITY,
      () => {},
      () => {},
    );
    this.#finished = new Promise<WorkerResult>((resolve, reject) => {
      this.#worker.on('message', (message: FromWorker) => this.#told(message, resolve, reject));
      this.#worker.on('error', reject);
      this.#worker.on('exit', () => {
        options.signal?.removeEventListener('abort', stop);
        this.#batches.end();
        reject(new Error('the worker ended'));
      });
    });
    this.#finished.catch(() => {});
  }

  /** Settles when the session has stopped, and its last records have been handed over. */
  get finished(): Promise<WorkerResult> {
    return this.#finished;
  }

  /** Records as they come. There is one iteration for a session; what nobody iterates over is not kept. */
  async *records(): AsyncGenerator<ProbeEvent> {
    if (this.#iterated) throw new Error('the records of this session are iterated over already');
    this.#iterated = true;
    try {
      for await (const batch of this.#batches) {
        yield* this.#reader!.read(batch);
        this.#post({ type: 'taken' });
        // Others get their turn between two batches.
        await new Promise(setImmediate);
      }
    } finally {
      this.#iterated = false;
    }
  }

  aggregations(): Promise<readonly AggregationEvent[]> {
    return this.#ask('aggregations');
  }

  drops(): Promise<WorkerAnswers['drops']> {
    return this.#ask('drops');
  }

  async stop(): Promise<void> {
    this.#post({ type: 'stop' });
    await this.#finished.catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #ask<K extends keyof WorkerAnswers>(what: K): Promise<WorkerAnswers[K]> {
    const id = this.#asked++;
    this.#post({ type: 'ask', id, what });
    const answer = new Promise<WorkerAnswers[K]>((resolve) => this.#answers.set(id, resolve));
    const ended = this.#finished.then(() => Promise.reject(new Error('the session is over')));
    return Promise.race([answer, ended]);
  }

  #told(message: FromWorker, resolve: (result: WorkerResult) => void, reject: (error: Error) => void): void {
    switch (message.type) {
      case 'started':
        this.#reader = new BatchReader(message.shapes);
        this.emit('started');
        break;
      case 'records':
        if (this.#iterated) this.#batches.push(message.batch);
        else this.#post({ type: 'taken' });
        break;
      case 'aggregations':
        this.emit('aggregations', message.events);
        break;
      case 'drop':
        this.emit('drop', message.event);
        break;
      case 'fault':
        this.emit('fault', message.event);
        break;
      case 'answer':
        this.#answers.get(message.id)?.(message.value as never);
        this.#answers.delete(message.id);
        break;
      case 'finished':
        this.#batches.end();
        resolve(message.result);
        break;
      case 'failed':
        this.#batches.end();
        reject(Object.assign(new Error(message.message), { name: message.name }));
        break;
    }
  }
}
