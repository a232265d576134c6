/** json() against a plain reference, and against what a JSON parser finds. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Evaluation } from './evaluate.js';
import { json } from './reference/json.js';

const FACTOR = Number(process.env.RUNS ?? 1);

let e: Evaluation;

beforeAll(async () => {
  e = await Evaluation.open('json(a, b)', { declare: 'string a; string b;' });
});

afterAll(() => e.close());

const read = (text: string, selector: string) => {
  const value = e.run(text, selector);
  return typeof value === 'object' && 'fault' in value ? null : value;
};

const key = fc.string({ unit: fc.constantFrom(...'ab'), maxLength: 2 });
const scalar = fc.oneof(
  fc.integer(),
  fc.constantFrom(true, false, null, 0.5, -1e-7),
  fc.string({ unit: fc.constantFrom(...'xy"\\{[]},: '), maxLength: 6 }),
);
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }) as fc.Arbitrary<Json>,
  ),
}));
const top = value.filter((v) => typeof v === 'object' && v !== null);
const step = fc.oneof(
  key.filter((k) => k !== '').map((k) => `.${k}`),
  fc.nat(3).map((n) => `[${n}]`),
);
const selector = fc
  .array(step, { minLength: 1, maxLength: 4 })
  .map((steps) => steps.join('').replace(/^\./, ''));

/** What the path selects, by a JSON parser. */
function select(v: Json, path: string): Json | undefined {
  let at: Json | undefined = v;
  for (const [, name, number] of path.matchAll(/\.?([a-z]+)|\[(\d)\]/g)) {
    if (typeof at !== 'object' || at === null) return undefined;
    if (Array.isArray(at)) at = name === undefined ? at[Number(number)] : at[0];
    else at = Object.hasOwn(at, name ?? number!) ? at[name ?? number!] : undefined;
  }
  return at;
}

const written = (v: Json | undefined, indent: number): string | null => {
  if (v === undefined) return null;
  return typeof v === 'string' ? JSON.stringify(v).slice(1, -1) : JSON.stringify(v, null, indent);
};

describe('json', () => {
  it('finds what a parser finds', () => {
    const fits = (v: Json) => JSON.stringify(v).length < 250;
    fc.assert(
      fc.property(top.filter(fits), selector, (v, path) => {
        expect(read(JSON.stringify(v), path)).toBe(written(select(v, path), 0));
      }),
      { numRuns: Math.ceil(400 * FACTOR) },
    );
  });

  it('takes texts that are no JSON as the reference does', () => {
    const mutated = fc
      .tuple(top, fc.constantFrom(0, 1), fc.nat(), fc.constantFrom(...'{}[]",:\\eEux+-.09 \t', ''))
      .map(([v, indent, at, c]) => {
        const text = JSON.stringify(v, null, indent);
        const place = at % (text.length + 1);
        return (text.slice(0, place) + c + text.slice(place + 1)).slice(0, 255);
      });
    const path = fc.oneof(selector, fc.string({ unit: fc.constantFrom(...'ab.[]01-'), maxLength: 8 }));
    fc.assert(
      fc.property(mutated, path, (text, by) => {
        expect(read(text, by)).toBe(json(text, by));
      }),
      { numRuns: Math.ceil(800 * FACTOR) },
    );
  });

  it('takes the selector apart when it is known', async () => {
    const text = '{"a": [{"b": 7}, {"b": [1.5e3, "x\\"y"]}], "c": {}}';
    const paths = ['a[0].b', 'a[1].b[0]', 'a[1].b[1]', 'a[0]', 'c', 'a'];
    const known = await Evaluation.open(
      paths.map((path) => `json(a, "${path}")`),
      { declare: 'string a;' },
    );
    expect(known.all(text)).toEqual([
      '7',
      '1.5e3',
      'x\\"y',
      '{"b": 7}',
      '{}',
      '[{"b": 7}, {"b": [1.5e3, "x\\"y"]}]',
    ]);
    await known.close();
    const none = await Evaluation.open('json(a, "c.x") == NULL', { declare: 'string a;' });
    expect(none.run(text)).toBe(1);
    await none.close();
  });
});
