/** What a message must look like, as values: a shape either gives the value it was given, checked, or throws. */

export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

export type Shape<T> = (value: unknown, path: string) => T;

function fail(path: string, wanted: string): never {
  throw new ShapeError(`${path}: ${wanted} expected`);
}

/** `most`: characters. */
export const text =
  (most: number): Shape<string> =>
  (value, path) =>
    typeof value === 'string' && value.length <= most
      ? value
      : fail(path, `a text of at most ${most} characters`);

export const integer =
  (least: number, most: number): Shape<number> =>
  (value, path) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? (value as number)
      : fail(path, `a whole number from ${least} to ${most}`);

export const flag: Shape<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : fail(path, 'true or false');

export const oneOf =
  <const T extends string>(...words: readonly T[]): Shape<T> =>
  (value, path) =>
    words.includes(value as T) ? (value as T) : fail(path, words.map((word) => `'${word}'`).join(' or '));

export const list =
  <T>(item: Shape<T>, most: number): Shape<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value) || value.length > most) fail(path, `a list of at most ${most}`);
    return (value as unknown[]).map((element, i) => item(element, `${path}[${i}]`));
  };

export const optional =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (value, path) =>
    value === undefined ? undefined : shape(value, path);

export const pair =
  <A, B>(first: Shape<A>, second: Shape<B>): Shape<readonly [A, B]> =>
  (value, path) => {
    if (!Array.isArray(value) || value.length < 1 || value.length > 2) fail(path, 'a pair');
    const [a, b] = value as unknown[];
    // JSON has no undefined.
    return [first(a, `${path}[0]`), second(b === null ? undefined : b, `${path}[1]`)];
  };

type Members<T> = { readonly [K in keyof T]-?: Shape<T[K]> };

/** An object of these members and no others. */
export const object =
  <T>(members: Members<T>): Shape<T> =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(path, 'an object');
    const given = value as Readonly<Record<string, unknown>>;
    for (const key of Object.keys(given))
      if (!Object.hasOwn(members, key)) fail(`${path}.${key.slice(0, 40)}`, 'nothing of that name is');
    const result: Partial<Record<keyof T, unknown>> = {};
    for (const key of Object.keys(members) as (keyof T & string)[]) {
      const found = members[key](Object.hasOwn(given, key) ? given[key] : undefined, `${path}.${key}`);
      if (found !== undefined) result[key] = found;
    }
    return result as T;
  };
