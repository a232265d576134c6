import { expect, test } from 'vitest';
import { prints } from '../../../test/workloads/index.js';

const OURS = 'progenyof($pid)';

test('create, start and lwp-start: a child and what it sees of itself', async () => {
  const text = await prints(
    ['fork'],
    `proc:::create /execname == "workload" && ${OURS}/ { made[args[0]->pr_pid] = args[0]->pr_ppid == pid; }
     proc:::start /made[pid]/ { self->started = 1; }
     proc:::lwp-start /self->started/ { printf("%d %d", pid == tid, curpsinfo->pr_pid == pid); exit(0); }`,
  );
  expect(text).toBe('1 1');
});

test('lwp-create: a thread of the process that makes it', async () => {
  const script = `
    proc:::lwp-create /execname == "workload" && args[1]->pr_pid == pid/ {
      printf("%d", args[0]->pr_lwpid != tid); exit(0);
    }`;
  expect(await prints(['thread'], script)).toBe('1');
});

test('exec, exec-success: the path and the new name', async () => {
  const text = await prints(
    ['exec'],
    `proc:::exec /execname == "workload"/ { self->path = args[0]; }
     proc:::exec-success /self->path == "/bin/true"/ { printf("%s %s", self->path, execname); exit(0); }`,
  );
  expect(text).toBe('/bin/true true');
});

test('exec-failure: the error', async () => {
  const script = `proc:::exec-failure /execname == "workload"/ { printf("%d", args[0]); exit(0); }`;
  expect(await prints(['exec-failure'], script)).toBe('2');
});

test.each([
  ['exit', 1],
  ['killed', 2],
])('exit: %s', async (deed, how) => {
  const script = `proc:::exit /execname == "workload"/ { printf("%d", args[0]); exit(0); }`;
  expect(await prints([deed], script)).toBe(String(how));
});

test('lwp-exit comes with exit for the last thread', async () => {
  const script = `proc:::lwp-exit /${OURS}/ { self->last = 1; } proc:::exit /self->last/ { printf("exit"); exit(0); }`;
  expect(await prints(['exit'], script)).toBe('exit');
});

test('signal-send and signal-handle: who, whom, which', async () => {
  const text = await prints(
    ['signal'],
    `proc:::signal-send /execname == "workload" && args[2] == 10/ {
       self->sent = args[1]->pr_pid == pid && args[0]->pr_lwpid == tid;
     }
     proc:::signal-handle /self->sent && args[0] == 10/ { printf("%d %d", args[1]->si_signo, args[2] != NULL); exit(0); }`,
  );
  expect(text).toBe('10 1');
});

test('signal-discard: one that is ignored', async () => {
  const script = `proc:::signal-discard /${OURS} && args[2] == 28/ { printf("%s", args[1]->pr_fname); exit(0); }`;
  expect(await prints(['ignored'], script)).toBe('workload');
});

test('signal-clear: one that is waited for', async () => {
  const script = `proc:::signal-clear /execname == "workload"/ { printf("%d", args[0]); exit(0); }`;
  expect(await prints(['sigwait'], script)).toBe('12');
});

test('fault: an address that is not there', async () => {
  const script = `proc:::fault /execname == "workload"/ { printf("%d %d", args[0], args[1]->si_signo); exit(0); }`;
  expect(await prints(['fault'], script)).toBe('6 11');
});
