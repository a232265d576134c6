import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runOn } from '../../../core/test/session/live.js';
import { tables } from '../../../core/test/session/live-tables.js';

const TIMEOUT = 'tick-20s { printf("nothing"); exit(1); }';

async function prints(script: string): Promise<string> {
  const { text } = await runOn(tables, `${script} ${TIMEOUT}`);
  return text.trim();
}

/** A machine at rest schedules nothing: one process gives its CPU away for no one to take, one sleeps and wakes. */
const WORKLOADS = ['while True: os.sched_yield()', 'while True: time.sleep(0.01)'];
let workers: readonly ChildProcess[] = [];

beforeAll(() => {
  workers = WORKLOADS.map((code) =>
    spawn('python3', ['-c', `import os, time\n${code}`], { stdio: 'ignore' }),
  );
});

afterAll(() => {
  for (const worker of workers) worker.kill('SIGKILL');
});

const listed = new Set([...tables.probes('sched:::')].map(({ probe }) => probe.name));

test.each([
  'dequeue',
  'enqueue',
  'off-cpu',
  'on-cpu',
  'preempt',
  'remain-cpu',
  'sleep',
  'surrender',
  'tick',
  'wakeup',
])('%s fires', async (name) => {
  if (!listed.has(name)) return;
  expect(await prints(`sched:::${name} { printf("%s", probename); exit(0); }`)).toContain(name);
});

test('on-cpu is about the thread that comes', async () => {
  const script = `
    sched:::off-cpu { next[cpu] = args[0]->pr_lwpid; }
    sched:::on-cpu /next[cpu] && pid != 0/ {
      printf("%d %d %d", curlwpsinfo->pr_lwpid == tid, curpsinfo->pr_pid == pid, execname == curpsinfo->pr_fname);
      exit(0);
    }`;
  expect(await prints(script)).toBe('1 1 1');
});

test('thread-local variables set in on-cpu are there in off-cpu', async () => {
  const script = `
    sched:::on-cpu /pid != 0/ { self->thread = tid; }
    sched:::off-cpu /self->thread/ { printf("%d", self->thread == tid); exit(0); }`;
  expect(await prints(script)).toBe('1');
});

test('a thread that is woken is put on a queue of a CPU', async () => {
  const script = `
    sched:::wakeup { woken[args[0]->pr_lwpid] = 1; }
    sched:::enqueue /woken[args[0]->pr_lwpid]/ { printf("%d", args[2]->cpu_id >= 0); exit(0); }`;
  expect(await prints(script)).toBe('1');
});

test('a thread sleeps before it leaves', async () => {
  const script = `
    sched:::sleep { self->sleeps = 1; }
    sched:::off-cpu /self->sleeps/ { printf("slept"); exit(0); }`;
  expect(await prints(script)).toBe('slept');
});

/** A thread waits for a lock that hands its priority on to the owner. */
const INHERITS = `
import ctypes, os, threading, time
libc = ctypes.CDLL(None)
attributes, mutex = ctypes.create_string_buffer(64), ctypes.create_string_buffer(64)
libc.pthread_mutexattr_init(attributes)
libc.pthread_mutexattr_setprotocol(attributes, 1)
libc.pthread_mutex_init(mutex, attributes)
libc.pthread_mutex_lock(mutex)
def wait():
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(5))
    libc.pthread_mutex_lock(mutex)
    libc.pthread_mutex_unlock(mutex)
waiter = threading.Thread(target=wait)
waiter.start()
time.sleep(0.05)
libc.pthread_mutex_unlock(mutex)
waiter.join()
`;

test('change-pri: a thread that inherits a priority', async () => {
  const timer = setInterval(() => spawn('python3', ['-c', INHERITS], { stdio: 'ignore' }), 500);
  try {
    const script = `sched:::change-pri /args[1]->pr_fname == "python3"/ { printf("%d", args[2]); exit(0); }`;
    expect(await prints(script)).toBe('94');
  } finally {
    clearInterval(timer);
  }
});
