/** Scripts run by dtraced for a user, in a process that is this user's. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export interface Case {
  readonly script: string;
  readonly options?: readonly (readonly [string, string?])[];
  readonly target?: number;
}

export interface Seen {
  readonly index: number;
  readonly texts: readonly string[];
  readonly values: readonly unknown[];
  readonly rows: readonly { readonly key: readonly unknown[]; readonly value: unknown }[];
  readonly faults: readonly { readonly message: string; readonly address?: unknown }[];
  readonly complaints: readonly string[];
  readonly status?: number;
  /** Tags and ids of what is wrong with the program, or why there is no session. */
  readonly error?: string;
}

type ClientProcess = ChildProcessByStdio<Writable, Readable, null>;

const CLIENT = new URL('client.mjs', import.meta.url).pathname;

/** A process that asks, and tells what it sees on its standard output. */
export function startClient(socket: string, uid: number, cases: readonly Case[]): ClientProcess {
  const child = spawn(process.execPath, [CLIENT, String(uid), socket], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(cases));
  return child;
}

/** What each saw, in their order. */
export function ask(socket: string, uid: number, cases: readonly Case[]): Promise<readonly Seen[]> {
  return new Promise((resolve, reject) => {
    const child = startClient(socket, uid, cases);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => {
      const seen = output.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Seen]));
      if (status === 0) resolve(seen.sort((a, b) => a.index - b.index));
      else reject(new Error(`the client ended with ${status}`));
    });
  });
}
