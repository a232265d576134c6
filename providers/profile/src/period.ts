const SECOND = 1_000_000_000n;

/** Nanoseconds per unit. */
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  nsec: 1n,
  us: 1_000n,
  usec: 1_000n,
  ms: 1_000_000n,
  msec: 1_000_000n,
  s: SECOND,
  sec: SECOND,
  m: 60n * SECOND,
  min: 60n * SECOND,
  h: 3_600n * SECOND,
  hour: 3_600n * SECOND,
  d: 86_400n * SECOND,
  day: 86_400n * SECOND,
};

/** The kernel's clock event fires at most this often. */
const MINIMUM = 10_000n;
/** A perf event's period is signed. */
const MAXIMUM = (1n << 63n) - 1n;

const TEXT = /^(\d{1,19})([a-z]*)$/;

/** Nanoseconds between firings for the part of a probe name after `profile-` or `tick-`; undefined: no such clock. */
export function parsePeriod(text: string): bigint | undefined {
  const [, digits, unit] = TEXT.exec(text.toLowerCase()) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  const count = BigInt(digits);
  const length = UNITS[unit];
  let period: bigint | undefined;
  if (unit === '' || unit === 'hz') period = count === 0n ? undefined : SECOND / count;
  else if (length !== undefined) period = count * length;
  return period !== undefined && period >= MINIMUM && period <= MAXIMUM ? period : undefined;
}
