import { expect, test } from 'vitest';
import { DTrace, RecordedHost } from '../../src/index.js';
import type { Type } from '../../src/language/types.js';
import { argumentWords, defineProvider, type Probe, type ProbeSite, UNSTABLE } from '../../src/provider.js';

const INT: Type = { kind: 'integer', name: 'int', size: 4, signed: true };
const RAW = ['args[0]', 'args[1]'];

interface PlaceSite extends ProbeSite {
  readonly arguments: number;
}

/** `place:::p0` has no argument, `p1` one, `p2` two. */
const probe = (n: number): Probe => ({
  provider: 'place',
  module: '',
  function: 'f',
  name: `p${n}`,
  site: { kind: 'place', arguments: n } as ProbeSite,
  arguments: {
    args: Array.from({ length: n }, (_, i) => ({ type: 'int', value: `args[${i}]` })),
    raw: RAW,
  },
});

const packageWith = (cookies: boolean) =>
  defineProvider({
    name: 'place',
    create: () => ({ name: 'place', attributes: UNSTABLE, probes: () => [0, 1, 2].map(probe) }),
    siteKinds: [
      {
        describer: {
          kind: 'place',
          layout: (site) => ({
            group: 'place',
            programType: 'kprobe',
            cookies,
            raw: argumentWords('x64', 'user'),
            args: argumentWords('x64', 'user')
              .slice(0, (site as PlaceSite).arguments)
              .map((place) => ({ ...place, type: INT })),
            registers: { offset: 0 },
          }),
        },
        attacher: { kind: 'place', attach: async () => [] },
      },
    ],
  });

const compile = (text: string, cookies = true) =>
  new DTrace(new RecordedHost({ features: ['atomics_fetch'] }), [packageWith(cookies)]).compile(text).image;

const calls = (image: ReturnType<typeof compile>, helper: number) =>
  image.programs.flatMap(({ instructions }) =>
    instructions.filter(({ opcode, src, imm }) => opcode === 0x85 && src === 0 && imm === helper),
  ).length;
const GET_ATTACH_COOKIE = 174;

test('sites with cookies share a program that asks which one it is', () => {
  const image = compile('place::: { trace(arg0); }');
  expect(image.programs).toHaveLength(1);
  expect(image.programs[0]?.sites.map(({ probe: id, cookie }) => [id, cookie])).toEqual([
    [1, 1n],
    [2, (1n << 32n) | 2n],
    [3, (2n << 32n) | 3n],
  ]);
  expect(calls(image, GET_ATTACH_COOKIE)).toBe(1);
  expect(image.maps.some(({ name }) => name === 'constants')).toBe(false);
});

test('a table tells which clauses are for which site', () => {
  const image = compile('place::: { trace(arg0); } place:::p2 { trace(args[1]); }');
  expect(image.programs).toHaveLength(1);
  expect(image.maps.some(({ name }) => name === 'constants')).toBe(true);
});

/** Bytes of the context that a program loads from, through a register that holds it. */
const loads = (image: ReturnType<typeof compile>, offset: number) =>
  image.programs[0]?.instructions.filter(
    (insn) => (insn.opcode & 0x07) === 0x01 && insn.src !== 10 && insn.offset === offset,
  ).length;

test('each clause sees the arguments of its own probes', () => {
  // p0, whose program it is, has none: p2's second is the register rsi all the same.
  expect(loads(compile('place:::p0 { trace(1); } place:::p2 { trace(args[1]); }'), 104)).toBe(1);
  expect(loads(compile('place:::p0 { trace(1); } place:::p2 { trace(args[0]); }'), 104)).toBe(0);
});

test('one probe alone needs no cookie, and kinds without cookies no shared program', () => {
  const alone = compile('place:::p1 { trace(arg0); }');
  expect(calls(alone, GET_ATTACH_COOKIE)).toBe(0);
  expect(alone.programs[0]?.sites[0]).not.toHaveProperty('cookie');
  expect(compile('place::: { trace(arg0); }', false).programs).toHaveLength(3);
});

test('regs[] is the registers of the probed place', () => {
  expect(loads(compile('place:::p1 { trace(regs[10]); }'), 80)).toBe(1);
});
