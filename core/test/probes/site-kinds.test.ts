import { describe, expect, test } from 'vitest';
import type { Type } from '../../src/language/types.js';
import { builtInDescribers, type LayoutContext, type ProbeSite } from '../../src/probes/index.js';

const LONG: Type = { kind: 'integer', name: 'long', size: 8, signed: true };
const REGS: Type = { kind: 'struct', tag: 'pt_regs', size: 168, align: 8, members: [] };
const VOID_POINTER: Type = { kind: 'pointer', to: { kind: 'void' } };
const PROTOTYPE: Type = {
  kind: 'function',
  returns: { kind: 'void' },
  parameters: [VOID_POINTER, { kind: 'pointer', to: REGS }, LONG],
  variadic: false,
};

const context: LayoutContext = {
  arch: 'x64',
  has: () => true,
  types: {
    findTypedef: (name) =>
      name === 'btf_trace_sys_exit'
        ? { kind: 'typedef', name, to: { kind: 'pointer', to: PROTOTYPE } }
        : undefined,
    findRecord: () => undefined,
    findEnum: () => undefined,
    findEnumerator: () => undefined,
    findSymbol: () => undefined,
    findFunction: () => undefined,
  },
};

const layout = (site: ProbeSite, changed: Partial<LayoutContext> = {}) =>
  builtInDescribers.find(({ kind }) => kind === site.kind)!.layout(site, { ...context, ...changed });

describe('raw tracepoints', () => {
  const site = { kind: 'raw-tracepoint', tracepoint: 'sys_exit' };

  test('carry what the kernel types say, without the private pointer', () => {
    expect(layout(site)).toMatchObject({
      programType: 'tracing',
      expectedAttach: 'trace_raw_tp',
      attachTo: 'sys_exit',
      args: [
        { offset: 0, size: 8, trusted: true, type: { kind: 'pointer', to: REGS } },
        { offset: 8, size: 8, type: LONG },
      ],
    });
    expect(layout(site).args.map(({ trusted }) => trusted)).toEqual([true, undefined]);
  });

  test('share a program when only the selected value differs', () => {
    const selected = (value: number, more = {}) =>
      layout({ ...site, select: { on: 'args[1]', value }, ...more } as ProbeSite).group;
    expect(selected(1)).toBe(selected(2));
    expect(selected(1)).not.toBe(layout(site).group);
    expect(selected(1, { guard: 'args[1] > 0' })).not.toBe(selected(1));
  });

  test('that the kernel lacks are refused by name', () => {
    expect(() => layout({ kind: 'raw-tracepoint', tracepoint: 'nope' } as ProbeSite)).toThrow(
      'this kernel has no tracepoint nope',
    );
  });
});

describe('timers', () => {
  const site = { kind: 'timer', period: 1000n, cpus: 'one' } as ProbeSite;

  test('have a program per period and choice of CPUs', () => {
    expect(layout(site).group).toBe('timer:1000:one');
    expect(layout(site)).toMatchObject({ programType: 'perf_event', registers: { offset: 0 } });
  });

  test('find the interrupted registers on each machine', () => {
    expect(layout(site).args.map(({ offset }) => offset)).toEqual([128, 136, 152]);
    expect(layout(site, { arch: 'arm64' }).args.map(({ offset }) => offset)).toEqual([256, 264, 248]);
  });
});

test('the phases of tracing are groups of their own', () => {
  const groups = ['begin', 'end', 'error'].map((phase) => layout({ kind: 'self', phase } as ProbeSite).group);
  expect(groups).toEqual(['self:begin', 'self:end', 'self:error']);
});
