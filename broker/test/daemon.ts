/** A dtraced for tests: from a copy that every user may read, with a policy and a socket of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const cli = new URL('../../cli/', import.meta.url).pathname;

/** Numbers of users that no machine has. */
export const USER = 47_110;
export const KERNEL_USER = 47_111;
export const VICTIM = 47_112;
export const NOBODY = 47_113;
export const LIMITED = 47_114;
export const SINGLE = 47_115;

export const POLICY = `# for tests
user ${USER} dtrace_user dtrace_proc sessions=16 compiletime=10m
user ${KERNEL_USER} dtrace_kernel sessions=16 compiletime=10m probes=syscall:::,sched:::
user ${LIMITED} dtrace_user sessions=8 compiletime=10m memory=1m maxprobes=20 rate=5 runtime=4 source=4k instructions=4000
user ${SINGLE} dtrace_user sessions=1 compiletime=10m
`;

interface LogLine extends Readonly<Record<string, unknown>> {
  readonly event: string;
}

export interface Daemon {
  readonly socket: string;
  readonly folder: string;
  readonly process: ChildProcess;
  readonly log: LogLine[];
  /** The first line that is like that, now or later. */
  logged(matches: (line: LogLine) => boolean): Promise<LogLine>;
  close(): Promise<void>;
}

/** A folder that every user may read, with the command and dtraced: a checkout need not be one. */
export function copyCommand(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dtraced-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'dist'));
  const bundles = readdirSync(join(cli, 'dist')).filter((name) => /\.(cjs|node)$/.test(name));
  for (const file of ['start.cjs', 'dtraced.cjs', 'dist/dlib', ...bundles.map((name) => `dist/${name}`)])
    cpSync(join(cli, file), join(folder, file), { recursive: true });
  return folder;
}

export async function startDaemon(policy: string = POLICY): Promise<Daemon> {
  const folder = copyCommand();
  const conf = join(folder, 'dtrace.conf');
  writeFileSync(conf, policy, { mode: 0o644 });
  const socket = join(folder, 'socket');
  const child = spawn(process.execPath, [join(folder, 'dtraced.cjs'), '--socket', socket, '--policy', conf], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log: LogLine[] = [];
  const waiting: { matches: (line: LogLine) => boolean; resolve: (line: LogLine) => void }[] = [];
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((text) => text.startsWith('{'))) {
      const entry = JSON.parse(line) as LogLine;
      log.push(entry);
      for (const { matches, resolve } of waiting) if (matches(entry)) resolve(entry);
    }
  });
  const logged: Daemon['logged'] = (matches) => {
    const found = log.find(matches);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve) => waiting.push({ matches, resolve }));
  };
  await logged(({ event }) => event === 'listening');
  return {
    socket,
    folder,
    process: child,
    log,
    logged,
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Work of a user that makes system calls for as long as it is let: its shell is called as `name` says. */
export function startWork(folder: string, uid: number, name: string): ChildProcess {
  const shell = join(folder, name);
  cpSync('/bin/sh', shell, { dereference: true });
  chmodSync(shell, 0o755);
  // With breaks, so that there is time for those who are to see it.
  const loop =
    'while :; do for i in 1 2 3 4 5 6 7 8 9 10; do : 2>/dev/null </dev/null; cd /; done; sleep 0.01; done';
  return spawn(shell, ['-c', loop], { uid, gid: uid, stdio: 'ignore' });
}
