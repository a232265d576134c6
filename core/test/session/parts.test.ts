import { VerifierError } from 'ebpf-napi';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ProgramImage, TraceImage } from '../../src/compiler/image.js';
import { measureWallOffset } from '../../src/session/clock.js';
import { loadError } from '../../src/session/load-error.js';
import { PollTimer } from '../../src/session/poll-timer.js';
import { RecordQueue } from '../../src/session/record-queue.js';
import { Schedule } from '../../src/session/schedule.js';

test('the offset between clocks is measured where a millisecond begins', () => {
  // Monotonic time passes 300 ns per look; the wall shows whole milliseconds, 5 s ahead, beginning at 123,456 ns.
  let now = 0n;
  const monotonic = () => {
    now += 300n;
    return now;
  };
  const wall = () => ((now + 5_000_123_456n) / 1_000_000n) * 1_000_000n;
  const error = measureWallOffset(monotonic, wall) - 5_000_123_456n;
  expect(error < 600n && error > -600n).toBe(true);
});

describe('a refused program', () => {
  const instruction = (source?: number) => ({
    opcode: 0,
    dst: 0,
    src: 0,
    offset: 0,
    imm: 0,
    ...(source !== undefined && { source }),
  });
  const program = {
    name: 'p0',
    instructions: [instruction(0), instruction(), instruction(1)],
  } as unknown as ProgramImage;
  const image = {
    sources: [
      { name: 'a.d', line: 3, column: 1, text: '  x = 1;' },
      { name: 'a.d', line: 9, column: 1, text: '  trace(*p);' },
    ],
  } as unknown as TraceImage;
  const refused = (slot: number) =>
    new VerifierError({
      syscall: 'bpf',
      errno: 13,
      asked: 'load',
      log: `${slot}: (79) r0 = *(u64 *)(r1 +0)\nR1 invalid mem access 'scalar'\n`,
      slots: [0, 1, 2],
    });

  test('is told with its line of D', () => {
    const error = loadError(image, program, refused(2));
    expect(error.message).toBe(
      "the kernel refused program p0 at a.d:9: trace(*p);: R1 invalid mem access 'scalar'",
    );
    expect(error.log).toContain('(79)');
    expect(loadError(image, program, refused(1)).source?.line).toBe(3);
  });

  test('without a verifier’s word is told as it is', () => {
    const error = loadError(image, program, new Error('no memory'));
    expect(error).toMatchObject({
      message: 'the kernel refused program p0: no memory',
      source: undefined,
      log: undefined,
    });
  });
});

describe('the poll timer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('hurries while there is much to do', () => {
    let answer: 'busy' | 'idle' = 'idle';
    const calls: number[] = [];
    const timer = new PollTimer(100_000_000n, () => {
      calls.push(Date.now());
      return answer;
    });
    const since = Date.now();
    const took = (ms: number) => {
      const before = calls.length;
      vi.advanceTimersByTime(ms);
      return calls.length - before;
    };
    timer.start();
    expect(took(1000)).toBe(10);
    answer = 'busy';
    expect(took(1000)).toBeGreaterThan(300);
    answer = 'idle';
    vi.advanceTimersByTime(1000);
    expect(took(1000)).toBe(10);
    timer.setRate(10_000_000n);
    vi.advanceTimersByTime(100);
    expect(took(1000)).toBe(100);
    timer.stop();
    expect(took(1000)).toBe(0);
    expect(calls[0]).toBe(since + 100);
  });

  test('comes at once when asked, once', () => {
    let calls = 0;
    const timer = new PollTimer(0n, () => {
      calls++;
      return 'idle';
    });
    timer.now();
    vi.advanceTimersByTime(10);
    expect(calls).toBe(0);
    timer.start();
    timer.now();
    timer.now();
    vi.advanceTimersByTime(10);
    expect(calls).toBe(1);
    timer.stop();
  });
});

test('what is done at a rate is due once in that time', () => {
  const schedule = new Schedule(10n, 100n);
  expect([105n, 110n, 111n, 119n, 120n, 500n].map((now) => schedule.due(now))).toEqual([
    false,
    true,
    false,
    false,
    true,
    true,
  ]);
  expect(new Schedule(0n, 0n).due(10n ** 18n)).toBe(false);
});

describe('queued records', () => {
  test('are handed out in order, before and after somebody waits', async () => {
    const queue = new RecordQueue<number>(
      10,
      () => {},
      () => {},
    );
    queue.push(1);
    queue.push(2);
    const seen: number[] = [];
    const reading = (async () => {
      for await (const value of queue) seen.push(value);
    })();
    await Promise.resolve();
    queue.push(3);
    queue.end();
    await reading;
    expect(seen).toEqual([1, 2, 3]);
  });

  test('end when the reader leaves', async () => {
    let closed = false;
    const close = () => {
      closed = true;
    };
    const queue = new RecordQueue<number>(10, close, () => {});
    queue.push(1);
    for await (const _ of queue) break;
    expect(closed).toBe(true);
    expect(await queue.next()).toEqual({ done: true, value: undefined });
  });

  test('are full at the limit until half are taken', async () => {
    let room = 0;
    const queue = new RecordQueue<number>(
      4,
      () => {},
      () => room++,
    );
    for (let value = 0; value < 4; value++) queue.push(value);
    expect(queue.full).toBe(true);
    await queue.next();
    expect([queue.full, room]).toEqual([true, 0]);
    await queue.next();
    expect([queue.full, room]).toEqual([false, 1]);
    expect((await queue.next()).value).toBe(2);
  });
});
