/** The worker's thread: an engine and one session, which hands on what it sees as fast as the other side takes it. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { openDTrace } from '../dtrace.js';
import type { ProviderPackage } from '../plugins/define-provider.js';
import type { CompiledProgram } from '../session/compile-program.js';
import type { Session } from '../session/session.js';
import {
  BatchWriter,
  type ClauseShapes,
  type FromWorker,
  type ToWorker,
  type WorkerStart,
} from './protocol.js';

/** Batches under way: the other side deals with one while the next ones wait. */
const UNDER_WAY = 4;
/** A batch that is not full is sent after so many milliseconds. */
const PATIENCE = 10;

async function packages(modules: readonly string[]): Promise<ProviderPackage[]> {
  const loaded = modules.map((module) => import(module) as Promise<{ readonly default: ProviderPackage }>);
  return (await Promise.all(loaded)).map((module) => module.default);
}

const shapesOf = ({ image }: CompiledProgram): ClauseShapes =>
  image.records.map(({ actions }) =>
    actions.map(({ action, fields }) => ({ action, values: fields.length, text: action === 'printf' })),
  );

/** Posts batches, never more at a time than the other side keeps up with. */
class Sender {
  readonly #batch: BatchWriter;
  #left = UNDER_WAY;
  #resume: (() => void) | undefined;

  constructor(
    private readonly port: MessagePort,
    size: number,
  ) {
    this.#batch = new BatchWriter(size);
  }

  taken(): void {
    this.#left++;
    this.#resume?.();
  }

  async add(event: Parameters<BatchWriter['add']>[0]): Promise<void> {
    this.#batch.add(event);
    if (this.#batch.full) await this.send();
  }

  async send(): Promise<void> {
    while (this.#left === 0)
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    this.sendSome();
  }

  sendSome(): void {
    if (this.#left === 0 || this.#batch.count === 0) return;
    this.#left--;
    const { batch, transfer } = this.#batch.take();
    this.port.postMessage({ type: 'records', batch } satisfies FromWorker, transfer);
  }
}

function listen(port: MessagePort, session: Session, sender: Sender): void {
  port.on('message', (message: ToWorker) => {
    if (message.type === 'taken') sender.taken();
    else if (message.type === 'stop') void session.stop();
    else {
      const value = message.what === 'aggregations' ? session.aggregations() : session.drops();
      port.postMessage({ type: 'answer', id: message.id, value } satisfies FromWorker);
    }
  });
}

async function run(port: MessagePort, start: WorkerStart): Promise<void> {
  const post = (message: FromWorker) => port.postMessage(message);
  const engine = await openDTrace({ providers: await packages(start.providers) });
  const program = engine.compile(start.source, start.request);
  const session = engine.session(program, { runCommand: undefined });
  const sender = new Sender(port, start.batch);
  session.on('aggregations', (events) => post({ type: 'aggregations', events }));
  session.on('drop', (event) => post({ type: 'drop', event }));
  session.on('fault', (event) => post({ type: 'fault', event }));
  session.on('started', () => post({ type: 'started', shapes: shapesOf(program) }));
  listen(port, session, sender);
  const records = session.records({ limit: start.limit });
  const impatience = setInterval(() => sender.sendSome(), PATIENCE);
  try {
    await session.start();
    for await (const event of records) await sender.add(event);
    await sender.send();
    post({ type: 'finished', result: await session.finished });
  } finally {
    clearInterval(impatience);
  }
}

async function main(port: MessagePort): Promise<void> {
  try {
    await run(port, workerData as WorkerStart);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    port.postMessage({ type: 'failed', name, message } satisfies FromWorker);
  }
  port.close();
}

if (parentPort !== null) void main(parentPort);
