import { describe, expect, expectTypeOf, it } from 'vitest';
// A worker's thread runs what is built.
import { WorkerSession } from '../../dist/index.js';
import { ColumnError, type ProbeEvent } from '../../src/index.js';
import { engine } from './live.js';

const OWN = '/pid == $pid/';

function callGetppid(times: number): void {
  for (let i = 0; i < times; i++) void process.ppid;
}

const lost = (drops: ReadonlyMap<string, bigint>): number =>
  [...drops.values()].reduce((sum, count) => sum + Number(count), 0);

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of from) found.push(each);
  return found;
}

describe('a program that embeds the engine', () => {
  it('runs what it compiled once many times, and several at once', async () => {
    const program = engine.compile(`syscall::getppid:entry ${OWN} { @ = count(); }`);
    for (let round = 0; round < 2; round++) {
      const sessions = [engine.session(program), engine.session(program)];
      await Promise.all(sessions.map((session) => session.start()));
      callGetppid(10);
      await Promise.all(sessions.map((session) => session.stop()));
      for (const session of sessions) expect(session.aggregations()[0]!.rows[0]!.value).toBe(10);
    }
  });

  it('gets rows with the members it names', async () => {
    const program = engine.compile(
      `syscall::getppid:entry ${OWN} { trace(execname); printf("%d", pid); trace(timestamp); exit(0); }`,
    );
    const session = engine.session(program);
    const rows = session.rows({ name: 'string', pid: 'number', at: 'bigint' });
    await session.start();
    callGetppid(1);
    const [row] = await all(rows);
    expectTypeOf(row!).toEqualTypeOf<{ readonly name: string; readonly pid: number; readonly at: bigint }>();
    expect(row).toEqual({
      name: expect.any(String) as string,
      pid: process.pid,
      at: expect.any(BigInt) as bigint,
    });
    expect(() => session.rows({ name: 'number', pid: 'number', at: 'bigint' })).toThrow(ColumnError);
    expect(() => session.rows({ name: 'string' })).toThrow(/records 3 values, not 1$/);
  });

  it('stops when its signal is aborted, and does not start after', async () => {
    const program = engine.compile('BEGIN { trace(1); }');
    const controller = new AbortController();
    const session = engine.session(program, { signal: controller.signal });
    await session.start();
    controller.abort();
    await session.finished;
    expect(session.phase).toBe('stopped');
    await expect(engine.session(program, { signal: controller.signal }).start()).rejects.toThrow('abort');
  });

  it('holds records back in the kernel, and counts what it drops there, when nobody takes them', async () => {
    const program = engine.compile(`syscall::getppid:entry ${OWN} { trace(timestamp); }`, {
      options: [
        ['bufsize', '64k'],
        ['switchrate', '100hz'],
      ],
    });
    const session = engine.session(program);
    const records = session.records({ limit: 100 });
    await session.start();
    const fired = 50_000;
    for (let done = 0; done < fired; done += 500) {
      callGetppid(500);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await session.stop();
    const received = (await all(records)).length;
    expect(lost(session.drops())).toBeGreaterThan(0);
    expect(received + lost(session.drops())).toBe(fired);
  });

  it('sees what aggregations gained', async () => {
    const program = engine.compile(
      `syscall::getppid:entry ${OWN} { @c = count(); @q = quantize(10); @m = max(3); }`,
    );
    const session = engine.session(program);
    await session.start();
    callGetppid(3);
    const deltas = session.deltas(5);
    const first = (await deltas.next()).value!;
    expect(first.map(({ rows }) => rows[0]?.value ?? rows[0]?.buckets?.[0]?.count)).toEqual([3, 3, 3]);
    callGetppid(4);
    const second = (await deltas.next()).value!;
    expect(second.map(({ rows }) => rows[0]?.value ?? rows[0]?.buckets?.[0]?.count)).toEqual([
      4,
      4,
      undefined,
    ]);
    await deltas.return(undefined);
    await session.stop();
  });
});

describe('a session in a thread of its own', () => {
  const providers = ['dtrace', 'syscall'].map(
    (name) => new URL(`../../../providers/${name}/dist/index.js`, import.meta.url).href,
  );

  it('gives the same events, loses none unseen, and answers on the way', async () => {
    const script = `BEGIN { printf("%s", "begun"); }
      syscall::getppid:entry /pid == $1/ { trace(execname); trace(0x7fffffffffffffff); @ = count(); }`;
    const session = new WorkerSession(script, {
      providers,
      request: { arguments: ['test', String(process.pid)] },
      batch: 64,
    });
    const events: ProbeEvent[] = [];
    const reading = (async () => {
      for await (const event of session.records()) events.push(event);
    })();
    await new Promise<void>((resolve, reject) => {
      session.on('started', resolve);
      session.finished.catch(reject);
    });
    callGetppid(1000);
    const [aggregation] = await session.aggregations();
    expect(aggregation!.rows[0]!.value).toBe(1000);
    await session.stop();
    await reading;
    const { drops } = await session.finished;
    expect(lost(drops)).toBe(0);
    expect(events[0]).toMatchObject({
      probe: { name: 'BEGIN' },
      actions: [{ action: 'printf', text: 'begun', values: ['begun'] }],
    });
    expect(events.length).toBe(1001);
    expect(events[1000]!.actions.map(({ values }) => values[0])).toEqual([
      expect.any(String),
      0x7fffffffffffffffn,
    ]);
  });

  it('fails with what is wrong', async () => {
    const session = new WorkerSession('nothing:::at-all { }', { providers });
    await expect(session.finished).rejects.toMatchObject({ name: 'CompileError' });
  });
});
