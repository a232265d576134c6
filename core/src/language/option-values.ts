/** Texts of options to values. Every reader of options uses these: a value means the same wherever it is written. */

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  nsec: 1n,
  us: 1_000n,
  usec: 1_000n,
  ms: 1_000_000n,
  msec: 1_000_000n,
  s: 1_000_000_000n,
  sec: 1_000_000_000n,
  m: 60_000_000_000n,
  min: 60_000_000_000n,
  h: 3_600_000_000_000n,
  hour: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  day: 86_400_000_000_000n,
};
const SECOND = 1_000_000_000n;
const MULTIPLES: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
const FLAG_WORDS: ReadonlyMap<string, boolean> = new Map(
  Object.entries({
    yes: true,
    true: true,
    enable: true,
    enabled: true,
    on: true,
    set: true,
    no: false,
    false: false,
    disable: false,
    disabled: false,
    off: false,
    unset: false,
  }),
);

/** `100ms`, `10hz`; a bare number is a rate per second. Nanoseconds; undefined: not a rate. 0hz is never: 0. */
export function parseRate(text: string): bigint | undefined {
  const [, digits, unit = ''] = /^(\d{1,18})([a-z]*)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const count = BigInt(digits);
  const name = unit.toLowerCase();
  if (name === '' || name === 'hz') return count === 0n ? 0n : SECOND / count;
  const length = UNITS[name];
  return length === undefined ? undefined : count * length;
}

/** `4m`, `0x1000`, `512`. Bytes. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^(0x[0-9a-f]+|\d+)(?:([kmgt])b?)?$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const size = Number(digits) * (MULTIPLES[unit.toLowerCase()] ?? 1);
  return Number.isSafeInteger(size) ? size : undefined;
}

export function parseCount(text: string): number | undefined {
  return /^(0x[0-9a-f]+|\d+)$/i.test(text) && BigInt(text) < 1n << 63n ? Number(text) : undefined;
}

/** No value at all turns an option on. */
export function parseFlag(text: string | undefined): boolean | undefined {
  if (text === undefined) return true;
  const count = parseCount(text);
  return count === undefined ? FLAG_WORDS.get(text.toLowerCase()) : count !== 0;
}
