/** Shapes that data has to have: what was read from a file is believed only then. */

/** Where it is not of the shape: the way to what is wrong. Undefined: all is right. */
export type Shape = (value: unknown) => string | undefined;

const wrong = '';

const simple =
  (is: (value: unknown) => boolean): Shape =>
  (value) =>
    is(value) ? undefined : wrong;

export const text = simple((value) => typeof value === 'string');
export const flag = simple((value) => typeof value === 'boolean');
/** What sizes, offsets and counts are. */
export const count = simple((value) => Number.isSafeInteger(value) && (value as number) >= 0);
export const integer = simple((value) => Number.isSafeInteger(value));
export const big = simple((value) => typeof value === 'bigint');
export const bytes = simple((value) => value instanceof Uint8Array);
export const oneOf = (...words: readonly unknown[]): Shape => simple((value) => words.includes(value));

export const either =
  (...shapes: readonly Shape[]): Shape =>
  (value) => {
    const problems = shapes.map((shape) => shape(value));
    return problems.includes(undefined)
      ? undefined
      : problems.reduce((a, b) => (a!.length >= b!.length ? a : b));
  };

const step = (name: string | number, problem: string | undefined): string | undefined =>
  problem === undefined ? undefined : `${name}${problem === '' ? '' : `.${problem}`}`;

export const list =
  (of: Shape): Shape =>
  (value) => {
    if (!Array.isArray(value)) return wrong;
    for (const [i, each] of value.entries()) {
      const problem = step(i, of(each));
      if (problem !== undefined) return problem;
    }
    return undefined;
  };

export const tuple =
  (...of: readonly Shape[]): Shape =>
  (value) => {
    if (!Array.isArray(value) || value.length !== of.length) return wrong;
    const problems = of.map((shape, i) => step(i, shape(value[i])));
    return problems.find((problem) => problem !== undefined);
  };

export const map =
  (key: Shape, of: Shape): Shape =>
  (value) => {
    if (!(value instanceof Map)) return wrong;
    return list(tuple(key, of))([...value]);
  };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);

/** Members that `may` be there, and those that are. Others are of a later version, or of a package. */
export const object =
  (has: Readonly<Record<string, Shape>>, may: Readonly<Record<string, Shape>> = {}): Shape =>
  (value) => {
    if (!isObject(value)) return wrong;
    for (const [name, shape] of Object.entries(has)) {
      const problem = step(name, shape(value[name]));
      if (problem !== undefined) return problem;
    }
    for (const [name, shape] of Object.entries(may)) {
      const problem = value[name] === undefined ? undefined : step(name, shape(value[name]));
      if (problem !== undefined) return problem;
    }
    return undefined;
  };

/** Objects told apart by the word in their member `by`. */
export const variant =
  (by: string, shapes: Readonly<Record<string, Shape>>): Shape =>
  (value) => {
    const word = isObject(value) ? value[by] : undefined;
    const shape = typeof word === 'string' && Object.hasOwn(shapes, word) ? shapes[word] : undefined;
    return shape === undefined ? by : shape(value);
  };

/** For shapes that contain themselves. */
export const later =
  (shape: () => Shape): Shape =>
  (value) =>
    shape()(value);
