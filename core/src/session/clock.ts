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
