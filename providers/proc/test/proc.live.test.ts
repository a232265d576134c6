import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { runOn } from '../../../core/test/session/live.js';
import { tables } from '../../../core/test/session/live-tables.js';

/** Waits to be traced, then does what its first argument says. */
function later(program: string, args: readonly string[]): () => void {
  const timer = setInterval(() => spawn(program, args, { stdio: 'ignore' }).on('error', () => {}), 300);
  return () => clearInterval(timer);
}

/** Runs a script while a command is repeated, and gives what the script printed. */
async function during(command: string, script: string): Promise<string> {
  const stop = later('/bin/bash', ['-c', command]);
  try {
    const { text, complaints } = await runOn(tables, `${script} tick-20s { printf("nothing"); exit(1); }`);
    expect(complaints).toEqual([]);
    return text.trim();
  } finally {
    stop();
  }
}

const OURS = 'progenyof($pid)';

test('create, start and lwp-start: a child and what it sees of itself', async () => {
  const text = await during(
    '/bin/true; exit 0',
    `proc:::create /execname == "bash" && ${OURS}/ { made[args[0]->pr_pid] = args[0]->pr_ppid == pid; }
     proc:::start /made[pid]/ { self->started = 1; }
     proc:::lwp-start /self->started/ { printf("%d %d", pid == tid, curpsinfo->pr_pid == pid); exit(0); }`,
  );
  expect(text).toBe('1 1');
});

test('lwp-create: a thread of the process that makes it', async () => {
  const script = `
    proc:::lwp-create /${OURS} && args[1]->pr_pid == pid/ { printf("%d", args[0]->pr_lwpid != tid); exit(0); }`;
  expect(await during("python3 -c 'import threading; threading.Thread(target=print).start()'", script)).toBe(
    '1',
  );
});

test('exec, exec-success: the path and the new name', async () => {
  const text = await during(
    'exec /bin/true',
    `proc:::exec /${OURS} && execname == "bash"/ { self->path = stringof(args[0]); }
     proc:::exec-success /self->path == "/bin/true"/ { printf("%s %s", self->path, execname); exit(0); }`,
  );
  expect(text).toBe('/bin/true true');
});

test('exec-failure: the error', async () => {
  const script = `proc:::exec-failure /${OURS}/ { printf("%d", args[0]); exit(0); }`;
  expect(await during('/absent/program', script)).toBe('2');
});

test.each([
  ['exit 3', 1],
  ['kill -KILL $$', 2],
])('exit after %s', async (command, how) => {
  const script = `proc:::exit /${OURS} && execname == "bash"/ { printf("%d", args[0]); exit(0); }`;
  expect(await during(command, script)).toBe(String(how));
});

test('lwp-exit comes with exit for the last thread', async () => {
  const script = `proc:::lwp-exit /${OURS}/ { self->last = 1; } proc:::exit /${OURS}/ { printf("exit"); exit(0); }`;
  expect(await during('true', script)).toBe('exit');
});

test('signal-send and signal-handle: who, whom, which', async () => {
  const text = await during(
    'trap : USR1; kill -USR1 $$',
    `proc:::signal-send /${OURS} && args[2] == 10/ { self->sent = args[1]->pr_pid == pid && args[0]->pr_lwpid == tid; }
     proc:::signal-handle /self->sent && args[0] == 10/ { printf("%d %d", args[1]->si_signo, args[2] != NULL); exit(0); }`,
  );
  expect(text).toBe('10 1');
});

test('signal-discard: one that is ignored', async () => {
  const script = `proc:::signal-discard /${OURS} && args[2] == 28/ { printf("%s", args[1]->pr_fname); exit(0); }`;
  expect(await during('trap "" WINCH; kill -WINCH $$', script)).toBe('bash');
});

const WAITS = `import os, signal
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2})
os.kill(os.getpid(), signal.SIGUSR2)
signal.sigwait({signal.SIGUSR2})`;

test('signal-clear: one that is waited for', async () => {
  const script = `proc:::signal-clear /${OURS}/ { printf("%d", args[0]); exit(0); }`;
  expect(await during(`python3 -c '${WAITS}'`, script)).toBe('12');
});

test('fault: an address that is not there', async () => {
  const script = `proc:::fault /${OURS}/ { printf("%d %d", args[0], args[1]->si_signo); exit(0); }`;
  expect(await during(`python3 -c 'import ctypes; ctypes.string_at(0)'`, script)).toBe('6 11');
});
