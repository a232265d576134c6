/** Every string subroutine against its plain reference, on random texts up to strsize. */
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type EvaluateOptions, Evaluation, type Input } from './evaluate.js';
import * as reference from './reference/strings.js';

const open: Evaluation[] = [];

async function evaluation(expression: string, options: EvaluateOptions): Promise<Evaluation> {
  const result = await Evaluation.open(expression, options);
  open.push(result);
  return result;
}

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const text = (alphabet: string, maxLength = 255) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 12 }) },
    { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...alphabet), maxLength }) },
    {
      weight: 1,
      arbitrary: fc.string({ unit: fc.constantFrom(...alphabet), minLength: maxLength, maxLength }),
    },
  );

/** A result that may be none: the fault that using it gives stands for null. */
const orNull = (value: unknown) =>
  typeof value === 'object' && value !== null && 'fault' in value ? null : value;

const numRuns = 400;

function agree<T extends [Input, ...Input[]]>(
  e: Evaluation,
  inputs: fc.Arbitrary<T>,
  expected: (...inputs: T) => unknown,
): void {
  fc.assert(
    fc.property(inputs, (given) => {
      const value = orNull(e.run(...given));
      expect(typeof value === 'number' ? BigInt(value) : value).toBe(normal(expected(...given)));
    }),
    { numRuns },
  );
}

const normal = (value: unknown) => (typeof value === 'number' ? BigInt(value) : value);

const two = { declare: 'string a; string b; int64_t n;' };

describe('searching', () => {
  it.each(['strchr', 'strrchr'] as const)('%s', async (name) => {
    const e = await evaluation(`${name}(a, n)`, { declare: 'string a; int64_t n;' });
    const inputs = fc.tuple(
      text('abc/'),
      fc.constantFrom(...'abcd/').map((c) => BigInt(c.charCodeAt(0))),
    );
    agree(e, inputs, (a, n) => reference[name](String(a), String.fromCharCode(Number(n))));
  });

  it('strstr', async () => {
    const e = await evaluation('strstr(a, b)', two);
    agree(e, fc.tuple(text('ab'), text('ab')), (a, b) => reference.strstr(a, b));
  });

  it.each(['', 'a', 'ab', 'aab', 'abab', 'aabaaab'])(
    'strstr, index and rindex of the literal "%s"',
    async (what) => {
      const e = await Evaluation.open(
        [`index(a, "${what}")`, `rindex(a, "${what}")`, `strstr(a, "${what}") == NULL`],
        { declare: 'string a;' },
      );
      open.push(e);
      fc.assert(
        fc.property(text('ab'), (a) => {
          expect(e.all(a)).toEqual([a.indexOf(what), a.lastIndexOf(what), a.includes(what) ? 0 : 1]);
        }),
        { numRuns: 100 },
      );
    },
  );

  it.each(['index', 'rindex'] as const)('%s', async (name) => {
    const plain = await evaluation(`${name}(a, b)`, two);
    agree(plain, fc.tuple(text('ab'), text('ab', 20)), (a, b) => reference[name](a, b));
    const from = await evaluation(`${name}(a, b, n)`, two);
    const start = fc.oneof(
      fc.bigInt({ min: -3n, max: 260n }),
      fc.bigInt({ min: -(1n << 31n), max: (1n << 31n) - 1n }),
    );
    agree(from, fc.tuple(text('ab'), text('ab', 6), start), (a, b, n) => reference[name](a, b, n));
  });
});

describe('strtok', () => {
  it('gives one token after the other', async () => {
    const e = await Evaluation.open(['strtok(a, b)', 'strtok(NULL, b)', 'strtok(NULL, b)'], two);
    open.push(e);
    fc.assert(
      fc.property(text('ab,;'), text(',;', 4), (a, b) => {
        const wanted = reference.tokens(a, b).slice(0, 3);
        const got = e.all(a, b);
        if (wanted.length === 3) expect(got).toEqual(wanted);
        else expect(got).toMatchObject({ fault: 1 });
      }),
      { numRuns },
    );
  });

  it('says NULL when there is none, and changes delimiters on the way', async () => {
    const e = await Evaluation.open(
      ['strtok(a, ",") == NULL', 'strtok(NULL, ";") == NULL', 'strtok(NULL, ",") == NULL'],
      two,
    );
    open.push(e);
    expect(e.all('a,b;c', '')).toEqual([0, 0, 0]);
    expect(e.all('a', '')).toEqual([0, 1, 1]);
    expect(e.all(',,,', '')).toEqual([1, 1, 1]);
  });

  it('without a text there is no token', async () => {
    const e = await evaluation('strtok(NULL, ",") == NULL', {});
    expect(e.run()).toBe(1);
  });
});

describe('paths', () => {
  it.each(['dirname', 'basename', 'cleanpath'] as const)('%s', async (name) => {
    const e = await evaluation(`${name}(a)`, { declare: 'string a;' });
    agree(e, fc.tuple(text('a./')), (a) => reference[name](a));
    const part = fc.constantFrom('a', 'bc', '.', '..', '', 'd');
    const path = fc.array(part, { maxLength: 30 }).map((parts) => parts.join('/'));
    agree(e, fc.tuple(path), (a) => reference[name](a));
  });
});

describe('letters and numbers', () => {
  it.each(['toupper', 'tolower'] as const)('%s', async (name) => {
    const e = await evaluation(`${name}(a)`, { declare: 'string a;' });
    agree(e, fc.tuple(text('aAzZ@[`{09')), (a) => reference[name](a));
  });

  it('strtoll', async () => {
    const e = await evaluation('strtoll(a)', { declare: 'string a;' });
    agree(e, fc.tuple(text(' \t+-0123456789x', 40)), (a) => reference.strtoll(a));
    agree(e, fc.tuple(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map(String)), (a) => BigInt(a));
  });

  it('strtoll in every base', async () => {
    const e = await evaluation('strtoll(a, n)', { declare: 'string a; int64_t n;' });
    const inputs = fc.tuple(text(' +-0123456789abxyzXF', 40), fc.bigInt({ min: 2n, max: 36n }));
    agree(e, inputs, (a, n) => reference.strtoll(a, Number(n)));
    expect(e.run('1', 37n)).toMatchObject({ fault: 3 });
    expect(e.run('1', 1n)).toMatchObject({ fault: 3 });
  });
});

const bytesOf = (n: number) =>
  fc.array(fc.constantFrom(0, 0, 0, 1, 9, 10, 99, 100, 127, 255), { minLength: n, maxLength: n });
const word = (bytes: readonly number[], at: number) => Buffer.from(bytes).readBigInt64LE(at);

describe('addresses', () => {
  const fill = 'p = (uint64_t *)alloca(24); p[0] = x; p[1] = y; p[2] = z;';
  const declare = 'int64_t x; int64_t y; int64_t z; int64_t n; uint64_t *p;';

  it('inet_ntoa', async () => {
    const e = await evaluation('inet_ntoa((ipaddr_t *)p)', { declare, before: fill });
    agree(
      e,
      bytesOf(8).map((b) => [word(b, 0)] as [bigint]),
      (x) => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64LE(x);
        return [...bytes.subarray(0, 4)].join('.');
      },
    );
  });

  it.each([0, 1])('inet_ntoa6, strict %i', async (strict) => {
    const e = await evaluation(`inet_ntoa6((struct in6_addr *)p, ${strict})`, { declare, before: fill });
    const group = fc.constantFrom(0, 0, 0, 0, 1, 0xffff, 0xfff, 0x10, 0xabcd);
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const bytes = Buffer.alloc(16);
        groups.forEach((g, i) => {
          bytes.writeUInt16BE(g, 2 * i);
        });
        expect(e.run(bytes.readBigInt64LE(0), bytes.readBigInt64LE(8))).toBe(
          reference.inetNtoa6(bytes, strict === 1),
        );
      }),
      { numRuns },
    );
  });

  it('inet_ntop and link_ntop by kind', async () => {
    const inet = await evaluation('inet_ntop(n, p)', { declare, before: fill });
    expect(inet.run(0x0100007fn, 0n, 0n, 2n)).toBe('127.0.0.1');
    expect(inet.run(0n, 1n << 56n, 0n, 10n)).toBe('::1');
    expect(inet.run(0n, 0n, 0n, 3n)).toMatchObject({ fault: 3 });
    const link = await evaluation('link_ntop(n, p)', { declare, before: fill });
    expect(link.run(0xff0504030201n, 0n, 0n, 1n)).toBe('01:02:03:04:05:ff');
    expect(link.run(0n, 0n, 0n, 32n)).toBe(new Array(20).fill('00').join(':'));
  });
});
