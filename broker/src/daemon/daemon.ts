/**
 * dtraced: hands each client to a process of its own, which runs as the client's user and has two or three capabilities and
 * nothing else. This process never reads a byte of what clients send.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { CAPABILITY, handDown, type PeerCredentials, peerCredentials } from 'ebpf-napi';
import type { Grant, SessionReport } from '../grant.js';
import { encodeReply } from '../replies.js';
import { type AuditLog, auditLog, noteDaemon, scriptFields } from './audit.js';
import { decide, Refusal } from './decide.js';
import { PolicyError } from './policy.js';
import { readPolicy } from './policy-file.js';

export interface DaemonOptions {
  /** A path, or the descriptor of a socket that listens already. */
  readonly listen: string | number;
  readonly policy: string;
  /** Program and arguments of a session's process: it gets the socket as descriptor 3 and its grant by IPC. */
  readonly session: readonly string[];
}

/** Descriptor of the client's socket in a session's process. */
const SOCKET = 3;
/** Of all users together. */
const MOST_SESSIONS = 64;
/** Seconds that a session has to end in good order when its time is up. */
const GRACE = 5;

/** Clients have sockets whose descriptors Node does not offer. */
const descriptorOf = (socket: Socket): number =>
  (socket as unknown as { readonly _handle: { readonly fd: number } })._handle.fd;

class Daemon {
  readonly #sessions = new Map<ChildProcess, number>();
  #count = 0;

  constructor(readonly options: DaemonOptions) {}

  accept(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    let client: PeerCredentials;
    try {
      client = peerCredentials(descriptorOf(socket));
    } catch {
      socket.destroy();
      return;
    }
    const log = auditLog(client, ++this.#count);
    try {
      const grant = decide(client, readPolicy(this.options.policy));
      this.#checkCount(client, grant);
      this.#start(socket, client, grant, log);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.note('refused', { reason });
      const shown = error instanceof Refusal;
      // What is wrong with the policy is the administrator's business.
      const policy =
        error instanceof PolicyError ? 'its policy is not usable' : 'it could not start a session';
      socket.end(encodeReply({ type: 'failed', message: `dtraced: ${shown ? reason : policy}` }));
    }
  }

  close(): void {
    for (const child of this.#sessions.keys()) child.kill('SIGTERM');
  }

  #checkCount({ uid }: PeerCredentials, { limits }: Grant): void {
    const own = [...this.#sessions.values()].filter((user) => user === uid).length;
    if (own >= limits.sessions)
      throw new Refusal(`user ${uid} has ${own} sessions, and ${limits.sessions} are allowed`);
    if (this.#sessions.size >= MOST_SESSIONS)
      throw new Refusal(`there are ${MOST_SESSIONS} sessions already`);
  }

  #start(socket: Socket, { uid, gid }: PeerCredentials, grant: Grant, log: AuditLog): void {
    const kernel = grant.privileges.owner === undefined;
    const { BPF, PERFMON, SYSLOG } = CAPABILITY;
    handDown(kernel ? [BPF, PERFMON, SYSLOG] : [BPF, PERFMON]);
    const [program = '', ...args] = this.options.session;
    const child = spawn(program, args, {
      uid,
      gid,
      cwd: '/',
      // Nothing of the user's is read, not even what he may have put into a cache.
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/nonexistent', XDG_CACHE_HOME: '/nonexistent' },
      // The log is not a session's to write to.
      stdio: ['ignore', 'ignore', 'ignore', descriptorOf(socket), 'ipc'],
    });
    this.#sessions.set(child, uid);
    child.send({ grant, socket: SOCKET, daemon: process.pid }, (error) => {
      if (error) child.kill('SIGKILL');
    });
    this.#watch(child, socket, grant, log);
  }

  #watch(child: ChildProcess, socket: Socket, { limits }: Grant, log: AuditLog): void {
    const begun = Date.now();
    let records = 0;
    let killed: string | undefined;
    const killFor = (reason: string) => () => {
      killed = reason;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(killFor('compiling took too long'), limits.compiletime * 1000);
    child.on('message', (report: SessionReport) => {
      switch (report.event) {
        case 'script':
          log.note('script', { ...scriptFields(String(report.text)), target: report.target });
          break;
        case 'started':
          log.note('started');
          clearTimeout(timer);
          timer = setTimeout(killFor('its time was up'), (limits.runtime + GRACE) * 1000);
          break;
        case 'refused':
          log.note('refused', { reason: String(report.reason) });
          break;
        case 'ended':
          records = Number(report.records);
          break;
        default:
      }
    });
    const over = (status: number | null, signal: NodeJS.Signals | null, failure?: string) => {
      if (!this.#sessions.delete(child)) return;
      clearTimeout(timer);
      const seconds = (Date.now() - begun) / 1000;
      log.note('ended', { status, signal, killed, failure, records, seconds });
      if (status === 0) socket.destroy();
      else {
        const message = `dtraced: the session was ended: ${killed ?? failure ?? `its process failed (${signal ?? status})`}`;
        socket.end(encodeReply({ type: 'failed', message }));
        setTimeout(() => socket.destroy(), GRACE * 1000).unref();
      }
    };
    child.on('error', (error) => over(null, null, error.message));
    child.on('exit', (status, signal) => over(status, signal));
  }
}

/** A socket that an earlier daemon left is taken away; nothing else is. */
function makeRoom(path: string): void {
  try {
    if (lstatSync(path).isSocket()) rmSync(path);
  } catch {
    // There is none.
  }
}

/** Serves until it is told to stop. */
export function runDaemon(options: DaemonOptions): Server {
  const daemon = new Daemon(options);
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) =>
    daemon.accept(socket),
  );
  const { listen } = options;
  if (typeof listen === 'number') server.listen({ fd: listen });
  else {
    makeRoom(listen);
    // Who may connect is the policy's to say.
    server.listen(listen, () => chmodSync(listen, 0o666));
  }
  server.on('listening', () => noteDaemon('listening', { listen }));
  const stop = () => {
    server.close();
    daemon.close();
    noteDaemon('stopped');
    setTimeout(() => process.exit(0), GRACE * 1000).unref();
    if (typeof listen === 'string') rmSync(listen, { force: true });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  return server;
}
