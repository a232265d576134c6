import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { AggregationEvent, ProbeEvent } from '../../src/index.js';
import { engine, run } from './live.js';

/** eBPF objects and perf events this process holds: what a session leaves behind shows here. */
function kernelObjects(): string[] {
  return readdirSync('/proc/self/fd')
    .flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)];
      } catch {
        return [];
      }
    })
    .filter((target) => /bpf|perf_event/.test(target));
}

afterEach(() => expect(kernelObjects()).toEqual([]));

const quiet = { options: [['quiet', undefined]] as const };
const session = (script: string, options = {}) =>
  engine.session(engine.compile(script, { ...quiet, ...options }));

describe('phases', () => {
  test('BEGIN comes first, END last, exit() says the status', async () => {
    const script = `
      BEGIN { printf("begin "); }
      tick-10ms { printf("%d ", i++); }
      tick-10ms /i == 3/ { exit(7); }
      END { printf("end"); }`;
    expect(await run(script)).toMatchObject({ text: 'begin 0 1 2 end\n', status: 7, complaints: [] });
  });

  test('exit() in BEGIN keeps everything else from running', async () => {
    const script = 'BEGIN { exit(3); } tick-10000ns { printf("tick"); } END { printf("end"); }';
    expect(await run(script)).toMatchObject({ text: 'end\n', status: 3 });
  });

  test('stop() ends a script that does not', async () => {
    const { text, status } = await run('BEGIN { printf("b"); } END { printf("e"); }', {}, { stopAfter: 50 });
    expect([text, status]).toEqual(['be\n', undefined]);
  });

  test('tell by events', async () => {
    const seen: string[] = [];
    const s = session('BEGIN { trace(1); exit(2); }');
    s.on('started', () => seen.push('started'));
    s.on('record', ({ probe }) => seen.push(`record ${probe.name}`));
    s.on('exit', (status) => seen.push(`exit ${status}`));
    s.on('stopped', () => seen.push('stopped'));
    expect(await s.run()).toMatchObject({ status: 2 });
    expect(seen).toEqual(['started', 'record BEGIN', 'exit 2', 'stopped']);
  });

  test('a session that never started can be closed', async () => {
    const s = session('BEGIN { exit(0); }');
    await s.close();
    expect(s.phase).toBe('stopped');
    expect(() => s.start()).toThrow('over');
  });

  test('stop() during start() waits for it', async () => {
    const s = session('tick-1s { trace(1); }');
    const started = s.start();
    await s.stop();
    await started;
    expect(s.phase).toBe('stopped');
  });
});

describe('faults', () => {
  test('ERROR learns the probe, the clause, the kind and the address', async () => {
    const script = `
      ERROR { printf("%d %d %d %d;", arg1, arg2, arg4, arg5); }
      BEGIN { printf("%d:", id); }
      BEGIN { trace(((struct task_struct *)NULL)->pid); }
      BEGIN { p = (int *)0x4000; trace(*p); }
      BEGIN { trace(1 / (p == NULL)); }
      BEGIN { q = (char *)alloca(1); *q = 1; }
      BEGIN { trace(*q); }
      BEGIN { exit(0); }`;
    const { text, complaints } = await run(script);
    expect(text).toMatch(/^1:1 2 1 0;1 3 1 16384;1 4 4 0;1 6 1 -?\d+;\n$/);
    expect(complaints.filter((line) => /invalid address|divide-by-zero/.test(line))).toHaveLength(4);
  });
});

describe('arithmetic', () => {
  test('is done in 64 bits and cut to the type where it is kept', async () => {
    const script = `int n; unsigned int u;
      BEGIN {
        n = 0x10000; u = 1; this->i = n * n; m[1] = 1; m[1] = n * n;
        printf("%d %d %d %d ", n * n / n, this->i, (int)(n * n), n * n > 0);
        @ = sum(n * n); printf("%s %d", lltostr(n * n), m[1] == 0); printa(" %@d", @);
        exit((u - 2) / u == (uint64_t)-1 ? 0 : 1);
      }`;
    expect(await run(script)).toMatchObject({
      text: '65536 0 0 1 4294967296 1 4294967296\n',
      status: 0,
    });
  });
});

describe('providers', () => {
  test('syscall: entry and return of the named call alone, with arguments and errno', async () => {
    const script = `
      syscall::openat:entry /pid == $pid && copyinstr(arg1) == "/absent/file"/ { self->in = 1; }
      syscall::openat:return /self->in/ { printf("%d %d %d", arg0, args[0], errno); exit(0); }`;
    const s = setInterval(() => {
      try {
        closeSync(openSync('/absent/file', 'r'));
      } catch {}
    }, 10);
    const { text } = await run(script).finally(() => clearInterval(s));
    expect(text).toBe('-2 -2 2\n');
  });

  test('syscall: names of <unistd.h>', async () => {
    const script = 'syscall::uname:entry /execname == "uname"/ { printf("%s", probefunc); exit(0); }';
    const s = setInterval(() => spawn('uname').unref(), 30);
    const { text } = await run(script).finally(() => clearInterval(s));
    expect(text).toBe('uname\n');
  });

  test('syscall: an element stored at entry is found at return by the same probefunc', async () => {
    const script = `
      syscall::close:entry, syscall::openat:entry /pid == $pid/ { in[probefunc] = 1; }
      syscall::close:return, syscall::openat:return /in[probefunc]/ { exit(5); }`;
    const s = setInterval(() => closeSync(openSync('/dev/null', 'r')), 10);
    const { status } = await run(script).finally(() => clearInterval(s));
    expect(status).toBe(5);
  });

  test('syscall: all of them at once are two programs', () => {
    const { image } = engine.compile('syscall:::entry, syscall:::return { @[probefunc] = count(); }');
    expect(image.programs.map(({ attachTo }) => attachTo).sort()).toEqual(['sys_enter', 'sys_exit']);
  });

  test('profile: tick on one CPU at its rate', async () => {
    const { text } = await run('tick-20ms { @ = count(); } tick-1s { exit(0); }');
    expect(Number(text)).toBeGreaterThanOrEqual(45);
    expect(Number(text)).toBeLessThanOrEqual(51);
  });

  test('profile: samples a busy CPU in user code', async () => {
    const burner = spawn('taskset', ['-c', '0', 'sh', '-c', 'while :; do :; done']);
    const script =
      'profile-997 /arg1 != 0 && pid == $1/ { n++; } profile-997 /n > 50/ { exit(3); } tick-50s { exit(1); }';
    const { status } = await run(script, { arguments: ['x', String(burner.pid)] }).finally(() =>
      burner.kill('SIGKILL'),
    );
    expect(status).toBe(3);
  });
});

describe('records', () => {
  test('come as an async iterable, in order of time', async () => {
    const s = session('syscall:::entry { trace(timestamp); }');
    const records = s.records();
    await s.start();
    const seen: ProbeEvent[] = [];
    for await (const record of records) if (seen.push(record) === 2000) break;
    await s.stop();
    const times = seen.map(({ time }) => Number(time));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test('of aggregations come as data', async () => {
    const events: AggregationEvent[] = [];
    const s = session('tick-10ms { @a["x", 1] = sum(2); } tick-100ms { exit(0); }');
    s.on('aggregations', (list) => events.push(...list));
    await s.run();
    expect(events).toMatchObject([{ name: 'a', function: 'sum', rows: [{ key: ['x', 1] }] }]);
    expect(Number(events[0]?.rows[0]?.value)).toBeGreaterThan(10);
  });

  test('walltimestamp is the time of day', async () => {
    const { text } = await run('BEGIN { printf("%d", walltimestamp); exit(0); }');
    expect(Math.abs(Number(BigInt(text) / 1_000_000n) - Date.now())).toBeLessThan(2000);
  });

  test('lost for want of room are counted: recorded + dropped = fired', async () => {
    const script = `
      syscall::getpid:entry /pid == $1/ { @fired = count(); tracemem(curthread, 1024); }
      syscall::exit_group:entry /pid == $1/ { exit(0); }`;
    const target = engine.openTarget({
      command: ['python3', '-c', 'import os\nfor i in range(50000): os.getppid(), os.getpid()'],
    });
    let recorded = 0;
    const program = engine.compile(script, {
      arguments: ['x', String(target.pid)],
      options: [
        ['bufsize', '16k'],
        ['switchrate', '1s'],
      ],
    });
    const s = engine.session(program, { target });
    let fired = 0;
    s.on('record', ({ probe }) => {
      if (probe.function === 'getpid') recorded++;
    });
    s.on('aggregations', ([event]) => {
      fired = Number(event?.rows[0]?.value);
    });
    const { drops } = await s.run();
    expect(fired).toBeGreaterThanOrEqual(50_000);
    const lost = Number(drops.get('principal') ?? 0n) + Number(drops.get('nested') ?? 0n);
    expect(recorded + lost).toBeGreaterThanOrEqual(fired);
    expect(recorded + lost - fired).toBeLessThanOrEqual(1);
  });
});

describe('targets', () => {
  test('a command runs once tracing does, and tracing ends with it', async () => {
    const target = engine.openTarget({ command: ['sh', '-c', 'exit 5'] });
    const script = 'syscall::execve:entry /pid == $target/ { printf("%s", copyinstr(arg0)); }';
    const { text } = await run(script, { target: target.pid }, { target });
    expect(text).toMatch(/\/sh\n$/);
  });

  test('a running process is watched', async () => {
    const child = spawn('sleep', ['0.3']);
    const target = engine.openTarget({ pid: child.pid as number });
    const { text } = await run('END { printf("%d", $target); }', { target: target.pid }, { target });
    expect(text).toBe(`${child.pid}\n`);
  });

  test('a command is ended with a session that cannot start', async () => {
    const target = engine.openTarget({ command: ['sleep', '60'] });
    const s = engine.session(engine.compile('BEGIN { exit(0); }'), { target });
    await s.close();
    await sleep(50);
    expect(engine.host.processes.name(target.pid)).not.toBe('sleep');
  });
});

test('user addresses keep their names although the process is gone', async () => {
  const busy = ['python3', '-c', 'import time\nend = time.time() + 1.5\nwhile time.time() < end: pass'];
  const target = engine.openTarget({ command: busy });
  const script = 'profile-499 /arg1 && pid == $target/ { @[usym(arg1)] = count(); }';
  const request = { target: target.pid, options: [['aggrate', '100ms']] as const };
  const { text } = await run(script, request, { target }).finally(() => target.close());
  expect(text).toMatch(/python3[.0-9]*`\w+ +\d+|libpython3[.\w]*`\w+ +\d+/);
});

test('two sessions at once know nothing of each other', async () => {
  const script = 'BEGIN { x = $1; } tick-20ms { printf("%d ", x); } tick-200ms { exit($1); }';
  const results = await Promise.all([1, 2].map((n) => run(script, { arguments: ['x', String(n)] })));
  expect(results.map(({ status }) => status)).toEqual([1, 2]);
  expect(results[0]?.text).toMatch(/^(1 \n?)+$/);
  expect(results[1]?.text).toMatch(/^(2 \n?)+$/);
});

test('an invalid address abandons the clause and is reported', async () => {
  const { text, complaints } = await run(
    'BEGIN { trace(*(int *)8); } ERROR { printf("error"); } END { printf("end"); }',
    {},
    { stopAfter: 100 },
  );
  expect(text).toBe('errorend\n');
  expect(complaints).toEqual([expect.stringContaining('invalid address (0x8)')]);
});

describe('aggregations while tracing', () => {
  test('snapshots grow, and the last one is what the end held', async () => {
    const s = session('tick-10ms { @ticks = count(); @by[execname != "" ? "named" : "none"] = count(); }');
    await s.start();
    const counts: number[] = [];
    for await (const aggregations of s.snapshots(40)) {
      const ticks = aggregations.find(({ name }) => name === 'ticks');
      counts.push(Number(ticks?.rows[0]?.value ?? 0));
      if (counts.length === 4) void s.stop();
    }
    const ordered = [...counts].sort((a, b) => a - b);
    expect(counts).toEqual(ordered);
    expect(counts.at(-1)).toBeGreaterThan(counts[0]!);
    const last = s.aggregations().find(({ name }) => name === 'by');
    expect(last?.rows).toEqual([{ key: ['named'], value: counts.at(-1) }]);
  });
});
