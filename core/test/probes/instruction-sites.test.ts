import { describe, expect, test } from 'vitest';
import { builtInDescribers, type LayoutContext, type ProbeSite } from '../../src/probes/index.js';
import type { InstructionMeans, InstructionSite } from '../../src/probes/site.js';

const context: LayoutContext = {
  arch: 'x64',
  has: () => true,
  types: {
    findTypedef: () => undefined,
    findRecord: () => undefined,
    findEnum: () => undefined,
    findEnumerator: () => undefined,
    findSymbol: () => undefined,
    findFunction: () => undefined,
  },
};

const describer = (kind: string) => builtInDescribers.find((each) => each.kind === kind)!;
const choose = (sites: readonly InstructionSite[], changed: Partial<LayoutContext> = {}) =>
  describer('instruction').choose!(sites, { ...context, ...changed });
const kinds = (sites: readonly ProbeSite[]) => sites.map(({ kind }) => kind);

const facts = [1n, 2n];
const user = (offset: number, more = {}): InstructionSite => ({
  kind: 'instruction',
  at: { path: '/bin/x', file: '08:01 7', offset, pid: 5, ...more },
  facts,
});
const LOCKED = { refusal: 'its instruction has a lock prefix' };
const kernel: InstructionSite = { kind: 'instruction', at: { address: 0xffffffff81000000n }, facts };
const many = (count: number, site: (i: number) => InstructionSite) =>
  Array.from({ length: count }, (_, i) => site(i));

describe('what serves an instruction', () => {
  test('uprobes and kprobes', () => {
    expect(choose([user(16), kernel])).toEqual([
      { kind: 'uprobe', path: '/bin/x', pid: 5, places: [{ offset: 16 }], facts },
      { ...kernel, kind: 'instruction-kprobe' },
    ]);
  });

  test('breakpoints, for a few of one process that no uprobe can be on', () => {
    expect(kinds(choose([user(0), user(8, LOCKED)]))).toEqual(['uprobe', 'breakpoint']);
    expect(kinds(choose([user(8, { ...LOCKED, pid: undefined })]))).toEqual(['uprobe']);
    const five = choose(many(5, (i) => user(i, LOCKED)));
    expect(five[0]).toEqual({ kind: 'uprobe', path: '/bin/x', pid: 5, places: [], facts, ...LOCKED });
    expect(new Set(kinds(five))).toEqual(new Set(['uprobe']));
  });

  test('what is asked for', () => {
    const forced = (means: InstructionMeans, site: InstructionSite) =>
      choose([site], { instructionMeans: means });
    expect(kinds(forced('breakpoint', user(0)))).toEqual(['breakpoint']);
    expect(kinds(forced('breakpoint', kernel))).toEqual(['breakpoint']);
    expect(kinds(forced('uprobe', user(0, LOCKED)))).toEqual(['uprobe']);
    expect(() => forced('uprobe', kernel)).toThrow('no uprobe can be put on an instruction of the kernel');
    expect(() => forced('kprobe', user(0))).toThrow('no kprobe can be put on an instruction of a process');
    expect(() => forced('breakpoint', user(0, { pid: undefined }))).toThrow(
      'a hardware breakpoint serves one process',
    );
  });

  test('not too many', () => {
    expect(() => choose(many(501, () => kernel))).toThrow(
      '501 instructions are too many to probe by kprobes; the limit is 500',
    );
    expect(choose(many(50_000, user))).toHaveLength(50_000);
    expect(() => choose(many(50_001, user))).toThrow('the limit is 50000');
    const alone = { has: (feature: string) => feature !== 'uprobe_multi' };
    expect(() => choose(many(501, user), alone)).toThrow('the limit is 500');
  });
});

test('every kind has the same args[]: facts behind the registers, and the registers that they number', () => {
  const sites = choose([user(0), kernel, user(8, LOCKED)]);
  const layouts = sites.map((site) => describer(site.kind).layout(site, context));
  for (const { args } of layouts) expect(args).toEqual(layouts[0]!.args);
  expect(layouts[0]!.args.slice(-4).map(({ fact, registerOfFact }) => [fact, registerOfFact])).toEqual([
    [0, undefined],
    [1, undefined],
    [undefined, 0],
    [undefined, 1],
  ]);
});
