import { readFileSync } from 'node:fs';

const ATTEMPTS = 5;
const MILLION = 1_000_000n;

/** CLOCK_REALTIME in nanoseconds, as fine as JavaScript tells it. */
function realtime(): bigint {
  // timeOrigin + now() has microseconds but drifts from the clock once it is set; Date has milliseconds only.
  return BigInt(Date.now()) * MILLION;
}

/**
 * Walltime minus monotonic time, nanoseconds. Date.now() tells milliseconds only, so this waits for one to begin:
 * the moment it changes is known as exactly as the loop is short. The best of some attempts, at most 1 ms each.
 */
export function measureWallOffset(
  monotonic: () => bigint = () => process.hrtime.bigint(),
  wall: () => bigint = realtime,
): bigint {
  let best: { readonly width: bigint; readonly offset: bigint } | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const first = wall();
    let before = monotonic();
    for (;;) {
      const now = wall();
      const after = monotonic();
      if (now !== first) {
        const width = after - before;
        if (best === undefined || width < best.width) best = { width, offset: now - (before + after) / 2n };
        break;
      }
      before = after;
    }
    if (best !== undefined && best.width < 2_000n) break;
  }
  return best?.offset ?? 0n;
}

const STAMP = /^se\.exec_start\s*:\s*(\d+)\.(\d+)/m;

/** When the scheduler last charged this thread, in nanoseconds of its own clock; undefined where it does not say. */
function lastCharged(): bigint | undefined {
  try {
    const stamp = STAMP.exec(readFileSync('/proc/thread-self/sched', 'utf8'));
    return stamp ? BigInt(stamp[1]!) * MILLION + BigInt(stamp[2]!) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Scheduler clock minus monotonic time, nanoseconds. The scheduler stamps a thread when it gives it the CPU, so the
 * stamp is youngest right after a sleep; the largest difference of some attempts is nearest to the truth, at most a
 * wake-up too small. 0 where the kernel keeps its stamps to itself: CPU time then counts in ticks.
 */
export async function measureSchedulerOffset(
  charged: () => bigint | undefined = lastCharged,
  monotonic: () => bigint = () => process.hrtime.bigint(),
): Promise<bigint> {
  let best: bigint | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const stamp = charged();
    const offset = stamp === undefined ? undefined : stamp - monotonic();
    if (offset !== undefined && (best === undefined || offset > best)) best = offset;
  }
  return best ?? 0n;
}
