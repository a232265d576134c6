/** Plain data seen as a row of numbers and the rest: what stays when the numbers are others. */

export type PlainNumber = number | bigint;

const isNumber = (value: unknown): value is PlainNumber =>
  typeof value === 'number' || typeof value === 'bigint';

/** The same data with its numbers, in their order, replaced. Bytes are left as they are. */
export function mapNumbers<T>(data: T, replace: (value: PlainNumber, index: number) => PlainNumber): T {
  let index = 0;
  const walk = (value: unknown): unknown => {
    if (isNumber(value)) return replace(value, index++);
    if (Array.isArray(value)) return value.map(walk);
    if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
    if (value instanceof Map) return new Map([...value].map(([key, each]) => [walk(key), walk(each)]));
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, walk(each)]));
  };
  return walk(data) as T;
}

export function numbersOf(data: unknown): PlainNumber[] {
  const numbers: PlainNumber[] = [];
  mapNumbers(data, (value) => {
    numbers.push(value);
    return value;
  });
  return numbers;
}

/** Everything but the numbers, as a text: equal for data that differs in numbers alone. */
export function skeleton(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) => {
    if (typeof value === 'bigint') return 'n';
    if (typeof value === 'number') return 0;
    if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
    return value instanceof Map ? [...value] : value;
  });
}
