import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type CompileError, DTrace, LocalHost } from '@dtrace/core';
import { hasFeature } from 'ebpf-napi';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeFd, invoke } from '../../ebpf-napi/src/syscall.js';
import dtraceProvider from '../../providers/dtrace/src/index.js';
import pidProvider from '../../providers/pid/src/index.js';
import profileProvider from '../../providers/profile/src/index.js';
import syscallProvider from '../../providers/syscall/src/index.js';
import { decide } from '../src/daemon/decide.js';
import { parsePolicy } from '../src/daemon/policy.js';
import { ask, type Case, type Seen, startClient } from './ask.js';
import { type Attack, attacks } from './attacks.js';
import {
  type Daemon,
  KERNEL_USER,
  LIMITED,
  NOBODY,
  POLICY,
  SINGLE,
  startDaemon,
  startWork,
  USER,
  VICTIM,
} from './daemon.js';

let daemon: Daemon;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  daemon = await startDaemon();
  workers.push(startWork(daemon.folder, USER, 'own-work'), startWork(daemon.folder, VICTIM, 'victim'));
});

afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await daemon.close();
});

const asUser = (cases: readonly Case[], uid = USER): Promise<readonly Seen[]> =>
  ask(daemon.socket, uid, cases);

/** Ends when the user's own work has been seen so often; the victim works all the while. */
const OFTEN = 'syscall:::entry /execname == "own-work"/ { n++; } syscall:::entry /n > 2000/ { exit(0); }';

const engine = new DTrace(new LocalHost(), [dtraceProvider, profileProvider, syscallProvider, pidProvider]);
const rule = parsePolicy(POLICY, 'policy').find(({ subject }) => subject.name === String(USER))!;

/** What is wrong with a script under the user's policy: what is expected if that is among it. */
function compiled({ script, options = [], refused }: Attack): string {
  const { privileges } = decide({ pid: process.pid, uid: USER, gid: USER, groups: [] }, [rule]);
  try {
    engine.compile(script, { privileges, options: options.map(([name, value]) => [name, value] as const) });
    return 'nothing';
  } catch (error) {
    const ids = (error as CompileError).diagnostics.map(({ id }) => id);
    return ids.some((id) => id.startsWith(refused)) ? refused : ids.join();
  }
}

/** Many sessions, each a process that starts: on a busy machine that is minutes. */
const LONG = 600_000;
/** An emulated processor takes ten times as long. */
const NTH = process.env.DTRACE_TEST_GUEST ? 8 : 2;

const childrenOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number),
  );

/** Ids of the programs that a process holds. */
const programsOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/fdinfo`).flatMap((fd) => {
    const [, id] = /^prog_id:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8')) ?? [];
    return id === undefined ? [] : [Number(id)];
  });

const PROG_GET_FD_BY_ID = 13;

function programExists(id: number): boolean {
  const attr = new Uint32Array([id, 0, 0, 0]);
  const fd = invoke({ name: 'bpf', args: [PROG_GET_FD_BY_ID, attr, attr.byteLength] });
  if (fd >= 0) closeFd(fd);
  return fd >= 0;
}

describe('a session of dtrace_user', () => {
  it('sees system calls of its own processes, and of no others', async () => {
    const [seen] = await asUser([{ script: `syscall:::entry { @[execname, uid] = count(); } ${OFTEN}` }]);
    expect(seen?.error).toBeUndefined();
    const keys = seen!.rows.map(({ key }) => key);
    expect(keys).toContainEqual(['own-work', USER]);
    expect(keys.filter(([, uid]) => uid !== USER)).toEqual([]);
  });

  it('samples its own processes alone, reads their memory and walks their stacks', async () => {
    const seen = await asUser([
      {
        script:
          'profile-997 { @[execname, uid] = count(); n++; } profile-997 /n > 20/ { exit(0); } syscall:::return { @c[uid] = count(); }',
      },
      {
        script:
          'syscall::openat:entry /execname == "own-work" && copyinstr(arg1) == "/dev/null"/ { printf("%s", copyinstr(arg1)); exit(0); }',
      },
      {
        script: 'syscall::chdir:entry /execname == "own-work"/ { printf("%s", stringof(args[0])); exit(0); }',
      },
      {
        script:
          'syscall::openat:entry /execname == "own-work"/ { this->p = (char *)copyin(arg1, 4); printf("%c%c", this->p[0], this->p[1]); exit(0); }',
      },
      { script: 'syscall::openat:entry { @[ustack(3)] = count(); exit(0); }' },
    ]);
    expect(seen.map(({ error, faults }) => [error, faults])).toEqual(seen.map(() => [undefined, []]));
    expect(seen[0]!.rows.flatMap(({ key }) => key.slice(-1)).filter((uid) => uid !== USER)).toEqual([]);
    expect(seen[1]!.texts).toEqual(['/dev/null']);
    expect(seen[2]!.texts).toEqual(['/']);
    expect(seen[3]!.texts).toEqual(['/d']);
    expect(seen[4]!.rows).toHaveLength(1);
  });

  it('does not see processes that took on other rights', async () => {
    const others = [
      ['--reuid', String(USER), '--regid', '1', '--clear-groups'],
      [
        '--reuid',
        String(USER),
        '--regid',
        String(USER),
        '--clear-groups',
        '--inh-caps=+kill',
        '--ambient-caps=+kill',
      ],
      ['--ruid', String(USER), '--euid', String(VICTIM), '--regid', String(USER), '--clear-groups'],
    ];
    const loop = 'while :; do cd /; done';
    const started = others.map((args, i) =>
      spawn('setpriv', [...args, 'bash', '-c', `printf other${i} > /proc/self/comm; ${loop}`], {
        stdio: 'ignore',
      }),
    );
    workers.push(...started);
    const [seen] = await asUser([{ script: `syscall:::entry { @[execname] = count(); } ${OFTEN}` }]);
    for (const process of started) process.kill('SIGKILL');
    const names = seen!.rows.map(({ key: [name] }) => name);
    expect(names).toContain('own-work');
    expect(names.filter((name) => String(name).startsWith('other'))).toEqual([]);
  });

  it('has a pointer out of its memory for a fault that tells no address', async () => {
    const [seen] = await asUser([
      {
        script:
          'syscall::chdir:entry { this->p = (char *)copyin(arg0, 1); trace(this->p[100000]); } ERROR { trace(arg5); exit(0); }',
      },
    ]);
    expect(seen!.error).toBeUndefined();
    expect(seen!.values.filter((value) => value !== 0)).toEqual([]);
    expect(JSON.stringify(seen!.faults)).not.toContain('ffff');
  });

  it(
    'is refused every way out',
    async () => {
      // A process for each takes its time: some go over the socket, and all of them are compiled here.
      const sent = attacks.filter((_, i) => i % NTH === 0);
      const seen = await asUser(sent);
      const refusals = sent.map(({ what, refused }, i) => {
        const { error = `ran: ${JSON.stringify(seen[i])}` } = seen[i]!;
        return [what, error.includes(refused) ? refused : error];
      });
      expect(refusals).toEqual(sent.map(({ what, refused }) => [what, refused]));
      expect(seen.flatMap(({ texts, values, rows }) => [...texts, ...values, ...rows])).toEqual([]);
      expect(attacks.map((attack) => [attack.what, compiled(attack)])).toEqual(
        attacks.map(({ what, refused }) => [what, refused]),
      );
    },
    LONG,
  );

  // Else it takes more than the capabilities of a session.
  it.skipIf(!hasFeature('uprobe_multi'))(
    "traces functions of its own process, and not of another user's",
    async () => {
      const [own, victim] = workers as [ChildProcess, ChildProcess];
      const script = 'pid$target:::entry { @ = count(); n++; } pid$target:::entry /n > 3/ { exit(0); }';
      const seen = await asUser([
        { script: script.replaceAll(':::', ':libc.so*:open*:'), target: own.pid! },
        { script, target: victim.pid! },
        { script, target: process.pid },
      ]);
      expect(seen[0]!.error ?? '').toBe('');
      expect(seen[0]!.rows).toHaveLength(1);
      expect(seen.slice(1).map(({ error }) => error)).toEqual([
        expect.stringContaining('probe.none'),
        expect.stringContaining('probe.none'),
      ]);
    },
  );
});

describe('a session of dtrace_kernel', () => {
  it('sees everybody, within the probes it may use, and destroys nothing', async () => {
    const seen = await asUser(
      [
        {
          script: 'syscall:::entry { @[uid] = count(); } syscall:::entry /execname == "victim"/ { exit(0); }',
        },
        { script: 'BEGIN { trace(curthread->pid); exit(0); }' },
        { script: 'io:::start { trace(1); }' },
        { script: 'syscall:::entry { raise(9); }', options: [['destructive']] },
        { script: 'pid$target:::entry { trace(1); }', target: process.pid },
      ],
      KERNEL_USER,
    );
    expect(seen[0]!.rows.map(({ key: [uid] }) => uid)).toContain(VICTIM);
    expect(seen[1]!.values[0]).toBeGreaterThan(0);
    expect(seen.slice(2).map(({ error }) => error)).toEqual([
      expect.stringContaining('probe.none'),
      expect.stringContaining('privilege.destructive'),
      expect.stringContaining('probe.none'),
    ]);
  });
});

describe('limits', () => {
  it(
    'are kept, each with its reason',
    async () => {
      const small = [['bufsize', '16k']] as const;
      const statement = 'trace(strstr(copyinstr(arg1), copyinstr(arg2)));';
      const cases: (Case & { readonly says: RegExp })[] = [
        {
          script: 'syscall::read:entry { trace(1); }',
          options: [['bufsize', '64m']],
          says: /bytes of buffers/,
        },
        {
          script: 'syscall:::entry { @ = count(); }',
          options: small,
          says: /\d+ probes, and 20 are allowed/,
        },
        { script: `BEGIN { ${'trace(1);'.repeat(1000)} }`, says: /bytes of text/ },
        {
          script: `syscall::read:entry { ${statement.repeat(50)} }`,
          options: small,
          says: /\d+ instructions, and 4000 are allowed/,
        },
        { script: 'syscall::chdir:entry { trace(1); }', options: small, says: /records a second/ },
        { script: 'BEGIN { trace(1); }', options: small, says: /ran for 4 seconds/ },
        {
          script: `${Array.from({ length: 8 }, (_, i) => `tick-${200 + i}us`).join()} { @ = count(); }`,
          options: small,
          says: /ticks of its clocks a second/,
        },
        {
          script: 'BEGIN { trace(1); }',
          options: [['btf', '/etc/shadow']],
          says: /option btf is not available/,
        },
      ];
      workers.push(startWork(daemon.folder, LIMITED, 'limited'));
      const seen = await asUser(cases, LIMITED);
      expect(seen.map(({ error, complaints }) => error ?? complaints.join())).toEqual(
        cases.map(({ says }) => expect.stringMatching(says)),
      );
    },
    LONG,
  );

  it('bound the sessions of a user', async () => {
    const script = 'BEGIN { trace(1); } tick-1s { exit(0); }';
    const seen = await asUser([{ script }, { script }, { script }], SINGLE);
    const refused = seen.filter(({ error = '' }) => /has 1 sessions, and 1 are allowed/.test(error));
    expect(refused).toHaveLength(2);
  });
});

describe('the daemon', () => {
  it('refuses who is in no line of its policy', async () => {
    const [seen] = await asUser([{ script: 'BEGIN { exit(0); }' }], NOBODY);
    expect(seen!.error).toMatch(/may not trace/);
  });

  it('notes who asked for what, and how it ended', async () => {
    const [seen] = await asUser([{ script: 'BEGIN { trace("noted"); exit(4); }' }]);
    expect(seen!.status).toBe(4);
    const script = await daemon.logged(
      (line) => line.event === 'script' && String(line.script).includes('noted'),
    );
    expect(script).toMatchObject({
      uid: USER,
      exe: process.execPath,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const same = (event: string) =>
      daemon.logged((line) => line.event === event && line.session === script.session);
    expect(await same('ended')).toMatchObject({ status: 0, records: 1 });
  });

  it('survives bytes of every kind, and ends who sends them', async () => {
    const bytes = [
      Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3]),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.concat([Buffer.from([2, 0, 0, 0]), Buffer.from('{}')]),
      Buffer.concat([Buffer.from([4, 0, 0, 0]), Buffer.from('null')]),
      Buffer.from([0, 0, 0, 0]),
      Buffer.alloc(0),
    ];
    for (const sent of bytes) {
      const socket = createConnection(daemon.socket);
      socket.on('error', () => {});
      socket.end(sent);
      socket.resume();
      await once(socket, 'close');
    }
    const [seen] = await asUser([{ script: 'BEGIN { exit(5); }' }]);
    expect(seen!.status).toBe(5);
  });

  it('leaves nothing in the kernel when it is killed, nor when its client is', async () => {
    const script = 'syscall::chdir:entry { @ = count(); } BEGIN { trace(1); }';
    for (const victim of ['client', 'session'] as const) {
      const before = new Set(childrenOf(daemon.process.pid!));
      const client = startClient(daemon.socket, USER, [{ script }]);
      const started = daemon.log.filter(({ event }) => event === 'started').length;
      await daemon.logged(() => daemon.log.filter(({ event }) => event === 'started').length > started);
      const [session] = childrenOf(daemon.process.pid!).filter((pid) => !before.has(pid));
      const programs = programsOf(session!);
      expect(programs.length).toBeGreaterThan(0);
      process.kill(victim === 'client' ? client.pid! : session!, 'SIGKILL');
      while (programs.some(programExists)) await setTimeout(20);
      while (childrenOf(daemon.process.pid!).includes(session!)) await setTimeout(20);
      client.kill('SIGKILL');
    }
  });
});

describe('a socket that is handed over, as systemd does', () => {
  it('is served', async () => {
    const path = join(daemon.folder, 'handed');
    const server = createServer().listen(`${path}.made`);
    await once(server, 'listening');
    chmodSync(`${path}.made`, 0o666);
    // Closing the server takes its path away.
    renameSync(`${path}.made`, path);
    const { fd } = (server as unknown as { readonly _handle: { readonly fd: number } })._handle;
    const start = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" "$@"';
    const program = [join(daemon.folder, 'dtraced.cjs'), '--policy', join(daemon.folder, 'dtrace.conf')];
    const child = spawn('sh', ['-c', start, process.execPath, ...program], {
      stdio: ['ignore', 'ignore', 'ignore', fd],
    });
    server.close();
    try {
      const [seen] = await ask(path, USER, [{ script: 'BEGIN { exit(6); }' }]);
      expect(seen!.status).toBe(6);
    } finally {
      child.kill('SIGTERM');
    }
  });
});

describe('the command', () => {
  it('runs commands as the user, in the client', async () => {
    const start = join(daemon.folder, 'start.cjs');
    const script = 'BEGIN { printf("traced\\n"); system("id -u; echo $PPID"); exit(3); }';
    const child = spawn(process.execPath, [start, '-x', `broker=${daemon.socket}`, '-wqn', script], {
      uid: USER,
      gid: USER,
      env: { PATH: process.env.PATH, HOME: '/nonexistent' },
      cwd: '/',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    const [status] = await once(child, 'close');
    expect([status, output]).toEqual([3, `traced\n${USER}\n${child.pid}\n\n`]);
  });
});
