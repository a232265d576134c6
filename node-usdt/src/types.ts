/** Types of arguments by the names that dtrace-provider gave them. */
export interface ArgumentType {
  /** As C and D write it. */
  readonly written: string;
  /** Bytes; below zero: with a sign. */
  readonly size: number;
  /** A number, or the text that goes in its place. */
  readonly value: (value: unknown) => bigint | string;
}

/** What is no number counts as 0, and fractions are cut off: firing a probe never fails for its arguments. */
function integer(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  const number = Number(value);
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : 0n;
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch (error) {
    return JSON.stringify({ error: String(error) });
  }
}

const INTEGERS: readonly (readonly [name: string, written: string, size: number])[] = [
  ['int', 'int', -4],
  ['uint', 'unsigned int', 4],
  ['int8', 'int8_t', -1],
  ['uint8', 'uint8_t', 1],
  ['int16', 'int16_t', -2],
  ['uint16', 'uint16_t', 2],
  ['int32', 'int32_t', -4],
  ['uint32', 'uint32_t', 4],
  ['int64', 'int64_t', -8],
  ['uint64', 'uint64_t', 8],
];

const TEXT = { written: 'char *', size: 8 } as const;

const TYPES: ReadonlyMap<string, ArgumentType> = new Map<string, ArgumentType>([
  ...INTEGERS.map(([name, written, size]) => [name, { written, size, value: integer }] as const),
  ['char *', { ...TEXT, value: String }],
  ['json', { ...TEXT, value: json }],
]);

/** Throws a `TypeError` for a name that stands for no type. */
export function argumentType(name: string): ArgumentType {
  const found = TYPES.get(name.replace(/_t$/, '').replace(/^char\s*\*$/, 'char *'));
  if (found === undefined) throw new TypeError(`${name} is no type of a probe's argument`);
  return found;
}
