/**
 * Every string subroutine against its plain reference, on random texts, at several sizes of strings. `STRSIZES=2,65536
 * RUNS=10` tries other sizes, and so many times as many texts; scripts/fuzz-subroutines.mjs does.
 */
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type EvaluateOptions, Evaluation, evaluate, type Input } from './evaluate.js';
import { bytes, lltostr, substr } from './model/strings.js';
import * as reference from './reference/strings.js';

/** An emulated processor takes too long for all of them in every run of the tests. */
const usual = process.env.DTRACE_TEST_GUEST ? '256' : '2,256,65536';
const SIZES = (process.env.STRSIZES ?? usual).split(',').map(Number);
const FACTOR = Number(process.env.RUNS ?? 1);

const open: Evaluation[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** Short ones, long ones, and long ones that repeat themselves up to a difference at their end. */
function textUpTo(alphabet: string, maxLength: number): fc.Arbitrary<string> {
  const unit = fc.constantFrom(...alphabet);
  const random = fc.string({ unit, maxLength: Math.min(maxLength, 255) });
  const length = fc.oneof(fc.nat(maxLength), fc.constantFrom(maxLength, Math.max(0, maxLength - 1)));
  const long = fc
    .tuple(fc.string({ unit, minLength: 1, maxLength: 6 }), length, fc.string({ unit, maxLength: 4 }))
    .map(([part, size, end]) => {
      const room = Math.max(0, size - end.length);
      return (part.repeat(Math.ceil(room / part.length)).slice(0, room) + end).slice(0, maxLength);
    });
  const short = fc.string({ unit, maxLength: Math.min(maxLength, 12) });
  return fc.oneof(
    { weight: 3, arbitrary: short },
    { weight: 1, arbitrary: random },
    { weight: 1, arbitrary: long },
  );
}

/** A result that may be none: the fault that using it gives stands for null. */
const orNull = (value: unknown) =>
  typeof value === 'object' && value !== null && 'fault' in value ? null : value;

const normal = (value: unknown) => (typeof value === 'number' ? BigInt(value) : value);

const two = { declare: 'string a; string b; int64_t n;' };

/** What tests at one size of strings need. */
function sized(size: number) {
  /** Long texts take their time. */
  const numRuns = Math.ceil((size > 4096 ? 12 : size === 256 ? 250 : 60) * FACTOR);
  const text = (alphabet: string, maxLength = size) => textUpTo(alphabet, Math.min(maxLength, size));

  async function evaluation(
    expressions: string | readonly string[],
    options: EvaluateOptions,
  ): Promise<Evaluation> {
    const result = await Evaluation.open(expressions, { ...options, options: [['strsize', `${size}`]] });
    open.push(result);
    return result;
  }

  function agree<T extends [Input, ...Input[]]>(
    e: Evaluation,
    inputs: fc.Arbitrary<T>,
    expected: (...inputs: T) => unknown,
  ): void {
    fc.assert(
      fc.property(inputs, (given) => {
        const cut = given.map((input) => (typeof input === 'string' ? input.slice(0, size) : input)) as T;
        const value = orNull(e.run(...cut));
        const wanted = normal(expected(...cut));
        expect(normal(value)).toBe(typeof wanted === 'string' ? wanted.slice(0, size) : wanted);
      }),
      { numRuns },
    );
  }

  return { numRuns, text, evaluation, agree };
}

describe.each(SIZES)('strings of %i', (size) => {
  const { numRuns, text, evaluation, agree } = sized(size);

  it('strlen, strjoin and comparisons', async () => {
    const e = await evaluation(['strlen(a)', 'strjoin(a, b)', 'a < b', 'a == b', 'a >= b'], {
      declare: 'string a; string b;',
    });
    fc.assert(
      fc.property(text('ab'), text('ab'), (a, b) => {
        const joined = (a + b).slice(0, size);
        expect(e.all(a, b)).toEqual([a.length, joined, Number(a < b), Number(a === b), Number(a >= b)]);
      }),
      { numRuns },
    );
  });

  it('substr', async () => {
    const e = await evaluation(['substr(a, n)', 'substr(a, n, m)'], {
      declare: 'string a; int64_t n; int64_t m;',
    });
    const number = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -size - 2, max: size + 2 }));
    fc.assert(
      fc.property(text('abc'), number, number, (a, n, m) => {
        const wanted = [substr(bytes(a), n, size + 1), substr(bytes(a), n, m)].map(String);
        expect(e.all(a, n, m)).toEqual(wanted);
      }),
      { numRuns },
    );
  });

  it('lltostr', async () => {
    const e = await evaluation(['lltostr(n)', 'lltostr(n, m)'], { declare: 'int64_t n; int64_t m;' });
    const value = fc.oneof(
      fc.bigInt({ min: -100n, max: 100n }),
      fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
    );
    fc.assert(
      fc.property(value, fc.integer({ min: 2, max: 36 }), (n, base) => {
        const wanted = [lltostr(n), lltostr(n, base)].map((number) => String(number).slice(0, size));
        expect(e.all(n, base)).toEqual(wanted);
      }),
      { numRuns },
    );
  });

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
      async (whole) => {
        const what = whole.slice(0, size);
        const e = await evaluation(
          [`index(a, "${what}")`, `rindex(a, "${what}")`, `strstr(a, "${what}") == NULL`],
          { declare: 'string a;' },
        );
        fc.assert(
          fc.property(text('ab'), (a) => {
            expect(e.all(a)).toEqual([a.indexOf(what), a.lastIndexOf(what), a.includes(what) ? 0 : 1]);
          }),
          { numRuns: Math.ceil(numRuns / 4) },
        );
      },
    );

    it.each(['index', 'rindex'] as const)('%s', async (name) => {
      const plain = await evaluation(`${name}(a, b)`, two);
      agree(plain, fc.tuple(text('ab'), text('ab', 20)), (a, b) => reference[name](a, b));
      const from = await evaluation(`${name}(a, b, n)`, two);
      const start = fc.oneof(
        fc.bigInt({ min: -3n, max: BigInt(size) + 4n }),
        fc.bigInt({ min: -(1n << 31n), max: (1n << 31n) - 1n }),
      );
      agree(from, fc.tuple(text('ab'), text('ab', 6), start), (a, b, n) => reference[name](a, b, n));
    });
  });

  describe('strtok', () => {
    it('gives one token after the other', async () => {
      const e = await evaluation(['strtok(a, b)', 'strtok(NULL, b)', 'strtok(NULL, b)'], two);
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
      agree(e, fc.tuple(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map(String)), (a) =>
        BigInt(a),
      );
    });

    it('strtoll in every base', async () => {
      const e = await evaluation('strtoll(a, n)', { declare: 'string a; int64_t n;' });
      const inputs = fc.tuple(text(' +-0123456789abxyzXF', 40), fc.bigInt({ min: 2n, max: 36n }));
      agree(e, inputs, (a, n) => reference.strtoll(a, Number(n)));
      expect(e.run('1', 37n)).toMatchObject({ fault: 3 });
      expect(e.run('1', 1n)).toMatchObject({ fault: 3 });
    });
  });
});

describe('strtok', () => {
  const { evaluation } = sized(256);

  it('says NULL when there is none, and changes delimiters on the way', async () => {
    const e = await evaluation(
      ['strtok(a, ",") == NULL', 'strtok(NULL, ";") == NULL', 'strtok(NULL, ",") == NULL'],
      two,
    );
    expect(e.all('a,b;c', '')).toEqual([0, 0, 0]);
    expect(e.all('a', '')).toEqual([0, 1, 1]);
    expect(e.all(',,,', '')).toEqual([1, 1, 1]);
  });

  it('without a text there is no token', async () => {
    const e = await evaluation('strtok(NULL, ",") == NULL', {});
    expect(e.run()).toBe(1);
  });
});

const bytesOf = (n: number) =>
  fc.array(fc.constantFrom(0, 0, 0, 1, 9, 10, 99, 100, 127, 255), { minLength: n, maxLength: n });
const word = (bytes: readonly number[], at: number) => Buffer.from(bytes).readBigInt64LE(at);

describe('addresses', () => {
  const { numRuns, evaluation, agree } = sized(256);

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

describe('bytes that are no text', () => {
  it('are what the escape says', async () => {
    expect(await evaluate('strlen(s)', { before: 's = "a\\xffb\\300\\250";' })).toBe(5);
    expect(await evaluate('s == "\\xc0" ? s[0] & 0xff : 0', { before: 's = "\\xc0";' })).toBe(0xc0);
    expect(await evaluate('sizeof ("\\xff")')).toBe(2);
    expect(await evaluate('strtok("a\\xffb", "\\xff")')).toBe('a');
    expect(await evaluate('index("a\\xffb", "\\xffb")')).toBe(1);
  });
});
