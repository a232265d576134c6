/**
 * The process of one session. It runs as the client's user, so that whatever file it opens is one that the user may open,
 * and has the capabilities to trace, which is why it does nothing that the request says but compile a text and run it.
 */
import { type DTrace, openDTrace, type ProviderPackage } from '@dtrace/core';
import { endWithParent, hideFromOthers } from 'ebpf-napi';
import type { Grant, SessionReport } from '../grant.js';
import { PROTOCOL_VERSION, type Request, type StartRequest } from '../requests.js';
import { ClientHost } from './client-host.js';
import { Connection } from './connection.js';
import { TracingSession } from './tracing-session.js';

export interface ServeOptions {
  readonly providers: readonly ProviderPackage[];
  readonly ownLibrary?: string | undefined;
}

interface Orders {
  readonly grant: Grant;
  readonly socket: number;
  /** Its process. */
  readonly daemon: number;
}

const report = (message: SessionReport): void => void process.send?.(message);

function openEngine({ providers, ownLibrary }: ServeOptions, { grant }: Orders): Promise<DTrace> {
  const { providers: wanted } = grant.privileges;
  const given = wanted === undefined ? providers : providers.filter(({ name }) => wanted.includes(name));
  return openDTrace({ providers: given, ownLibrary, host: new ClientHost(grant.pid) });
}

async function serve(options: ServeOptions, orders: Orders): Promise<void> {
  hideFromOthers();
  // It may be waiting for a client that does not read.
  endWithParent();
  if (process.ppid !== orders.daemon) process.exit(1);
  const connection = new Connection(orders.socket);
  const leave = (status: number) => {
    process.disconnect?.();
    process.exit(status);
  };
  const fail = (message: string) => {
    report({ event: 'refused', reason: message });
    connection.send({ type: 'failed', message: `dtraced: ${message}` });
    leave(0);
  };
  const engine = await openEngine(options, orders);
  let session: TracingSession | undefined;
  const start = async (request: StartRequest) => {
    if (session !== undefined) return fail('the session has started already');
    if (request.version !== PROTOCOL_VERSION) return fail('the client is of another version');
    if (request.target !== undefined && !orders.grant.sharesNumbers)
      return fail('processes of another pid namespace cannot be named by their numbers');
    session = new TracingSession(engine, orders.grant, connection, report);
    try {
      await session.run(request);
    } catch (error) {
      return fail(error instanceof Error ? error.message.split('\n', 1)[0]! : String(error));
    }
    leave(0);
  };
  const stop = () => {
    if (session === undefined) leave(0);
    else session.stop();
  };
  connection.listen(
    (request: Request) => (request.type === 'start' ? void start(request) : stop()),
    (reason) => (reason === undefined ? stop() : fail(reason)),
  );
  process.on('SIGTERM', stop);
  // The daemon has gone: nobody keeps the log.
  process.on('disconnect', stop);
}

/** Waits for the daemon's orders. */
export function serveSession(options: ServeOptions): void {
  process.once('message', (orders: Orders) => {
    serve(options, orders).catch((error) => {
      console.error(error);
      process.exit(1);
    });
  });
}
