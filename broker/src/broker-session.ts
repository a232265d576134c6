/** A session that dtraced runs, for a program that has no rights of its own: the same events as those of a local one. */
import {
  type AggregationEvent,
  CompileError,
  type DropEvent,
  type ErrorEvent,
  type ProbeEvent,
} from '@dtrace/core';
import { EventEmitter } from 'eventemitter3';
import { BrokerConnection, BrokerError } from './client.js';
import type { CompiledReply, Reply } from './replies.js';
import type { RequestSource } from './requests.js';

export interface BrokerSessionOptions {
  readonly socket?: string;
  readonly options?: readonly (readonly [name: string, value: string | undefined])[];
  readonly arguments?: readonly string[];
  readonly target?: number;
}

export interface BrokerSessionEvents {
  compiled: [CompiledReply];
  started: [];
  record: [ProbeEvent];
  aggregations: [readonly AggregationEvent[]];
  drop: [DropEvent];
  fault: [ErrorEvent];
  /** Why the broker ended it. */
  complaint: [string];
}

export interface BrokerResult {
  readonly status: number | undefined;
  readonly drops: ReadonlyMap<string, bigint>;
}

export class BrokerSession extends EventEmitter<BrokerSessionEvents> {
  #connection: BrokerConnection | undefined;

  constructor(
    readonly source: string | readonly RequestSource[],
    readonly options: BrokerSessionOptions = {},
  ) {
    super();
  }

  /** Runs it to its end. Rejects with a `CompileError`, or a `BrokerError` of one line. */
  async run(): Promise<BrokerResult> {
    const { source, options } = this;
    const connection = await BrokerConnection.open(options.socket);
    this.#connection = connection;
    try {
      connection.start({
        sources: typeof source === 'string' ? [{ name: '(program)', text: source }] : source,
        libraries: [],
        options: options.options ?? [],
        arguments: options.arguments ?? [],
        target: options.target,
        events: true,
        compileOnly: false,
      });
      for await (const reply of connection.replies()) {
        const result = this.#told(reply);
        if (result !== undefined) return result;
      }
      throw new BrokerError('the session has no end');
    } finally {
      connection.close();
    }
  }

  stop(): void {
    this.#connection?.stop();
  }

  #told(reply: Reply): BrokerResult | undefined {
    switch (reply.type) {
      case 'compiled':
        this.emit('compiled', reply);
        break;
      case 'started':
        this.emit('started');
        break;
      case 'records':
        for (const event of reply.events) this.emit('record', event);
        break;
      case 'aggregations':
        this.emit('aggregations', reply.events);
        break;
      case 'drop':
        this.emit('drop', reply.event);
        break;
      case 'fault':
        this.emit('fault', reply.event);
        break;
      case 'line':
        this.emit('complaint', reply.line);
        break;
      case 'diagnostics':
        throw new CompileError(reply.diagnostics);
      case 'failed':
        throw new BrokerError(reply.message);
      case 'finished':
        return { status: reply.status, drops: reply.drops };
      default:
    }
    return undefined;
  }
}
