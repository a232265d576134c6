/** What keeps a session to its user's own processes is part of its programs: here without the daemon, on every kernel. */
import { type ChildProcess, spawn } from 'node:child_process';
import { DTrace, LocalHost } from '@dtrace/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import dtraceProvider from '../../providers/dtrace/src/index.js';
import profileProvider from '../../providers/profile/src/index.js';
import syscallProvider from '../../providers/syscall/src/index.js';
import { decide } from '../src/daemon/decide.js';
import { parsePolicy } from '../src/daemon/policy.js';
import { USER, VICTIM } from './daemon.js';

const workers: ChildProcess[] = [];
beforeAll(() => {
  const work = 'while :; do cd /; cd /tmp; sleep 0.01; done';
  for (const uid of [USER, VICTIM])
    workers.push(spawn('sh', ['-c', work], { uid, gid: uid, stdio: 'ignore' }));
});
afterAll(() => {
  for (const worker of workers) worker.kill('SIGKILL');
});

it('lets a session of dtrace_user see system calls of its user and of nobody else', async () => {
  const rule = parsePolicy(`user ${USER} dtrace_user`, 'policy')[0]!;
  const { privileges } = decide({ pid: process.pid, uid: USER, gid: USER, groups: [] }, [rule]);
  const engine = new DTrace(new LocalHost(), [dtraceProvider, profileProvider, syscallProvider]);
  const script = `syscall:::entry { @[uid, pid] = count(); }
    syscall::chdir:entry { n++; } syscall::chdir:entry /n > 50/ { exit(0); }`;
  const session = engine.session(engine.compile(script, { privileges }));
  await session.run();
  const keys = session.aggregations().flatMap(({ rows }) => rows.map(({ key }) => key));
  expect(new Set(keys.map(([uid]) => Number(uid)))).toEqual(new Set([USER]));
  expect(keys.map(([, pid]) => Number(pid))).toContain(workers[0]!.pid);
});
