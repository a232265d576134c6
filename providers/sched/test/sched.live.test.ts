import { expect, test } from 'vitest';
import { runOn } from '../../../core/test/session/live.js';
import { tables } from '../../../core/test/session/live-tables.js';

const TIMEOUT = 'tick-20s { printf("nothing"); exit(1); }';

async function prints(script: string): Promise<string> {
  const { text } = await runOn(tables, `${script} ${TIMEOUT}`);
  return text.trim();
}

const listed = new Set([...tables.probes('sched:::')].map(({ probe }) => probe.name));

test.each(['dequeue', 'enqueue', 'off-cpu', 'on-cpu', 'preempt', 'remain-cpu', 'sleep', 'surrender', 'tick', 'wakeup'])(
  '%s fires',
  async (name) => {
    if (!listed.has(name)) return;
    expect(await prints(`sched:::${name} { printf("%s", probename); exit(0); }`)).toBe(name);
  },
);

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
