import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { tables } from '../../../core/test/session/live-tables.js';
import { type Deed, prints } from '../../../test/workloads/index.js';

const listed = new Set([...tables.probes('sched:::')].map(({ probe }) => probe.name));

/** What makes the scheduler do each. */
const DEEDS: Readonly<Record<string, Deed>> = {
  dequeue: ['sleep'],
  enqueue: ['sleep'],
  'off-cpu': ['sleep'],
  'on-cpu': ['sleep'],
  preempt: ['compete'],
  'remain-cpu': ['yield'],
  sleep: ['sleep'],
  surrender: ['push'],
  tick: ['spin'],
  wakeup: ['sleep'],
};

test.each(Object.entries(DEEDS).filter(([name]) => listed.has(name)))('%s fires', async (name, deed) => {
  expect(await prints(deed, `sched:::${name} { printf("%s", probename); exit(0); }`)).toContain(name);
});

test('on-cpu is about the thread that comes', async () => {
  const script = `
    sched:::off-cpu { next[cpu] = args[0]->pr_lwpid; }
    sched:::on-cpu /next[cpu] && pid != 0/ {
      printf("%d %d %d", curlwpsinfo->pr_lwpid == tid, curpsinfo->pr_pid == pid, execname == curpsinfo->pr_fname);
      exit(0);
    }`;
  expect(await prints(['sleep'], script)).toBe('1 1 1');
});

test('thread-local variables set in on-cpu are there in off-cpu', async () => {
  const script = `
    sched:::on-cpu /pid != 0/ { self->thread = tid; }
    sched:::off-cpu /self->thread/ { printf("%d", self->thread == tid); exit(0); }`;
  expect(await prints(['sleep'], script)).toBe('1');
});

test('a thread that is woken is put on a queue of a CPU', async () => {
  const script = `
    sched:::wakeup { woken[args[0]->pr_lwpid] = 1; }
    sched:::enqueue /woken[args[0]->pr_lwpid]/ { printf("%d", args[2]->cpu_id >= 0); exit(0); }`;
  expect(await prints(['sleep'], script)).toBe('1');
});

test('a thread sleeps before it leaves', async () => {
  const script = `
    sched:::sleep { self->sleeps = 1; }
    sched:::off-cpu /self->sleeps/ { printf("slept"); exit(0); }`;
  expect(await prints(['sleep'], script)).toBe('slept');
});

test('change-pri: a thread that inherits a priority', async () => {
  const script = `sched:::change-pri /args[1]->pr_fname == "workload" && args[2] == 94/ { printf("%d", args[2]); exit(0); }`;
  expect(await prints(['inherit'], script)).toBe('94');
});

test.each([
  ['priority', 'setpriority', 127],
  ['real-time', 'sched_setscheduler', 96],
])('change-pri: a thread that asks for it: %s', async (deed, call, priority) => {
  const script = `sched::${call}:change-pri /execname == "workload"/ {
    printf("%d %d", args[2], args[0]->pr_lwpid == tid); exit(0);
  }`;
  expect(await prints([deed], script)).toBe(`${priority} 1`);
});

test.runIf(availableParallelism() > 1)(
  'a thread that moves to another CPU is taken from one queue and put on another',
  async () => {
    const script = `
    sched::sched_migrate_task:dequeue { from[args[0]->pr_lwpid] = 1 + args[2]->cpu_id; }
    sched::sched_migrate_task:enqueue /from[args[0]->pr_lwpid]/ {
      printf("%d", from[args[0]->pr_lwpid] - 1 != args[2]->cpu_id); exit(0);
    }`;
    // With more threads that run than CPUs there are some to be moved.
    expect(await prints(['memory-lock'], script)).toBe('1');
  },
);
