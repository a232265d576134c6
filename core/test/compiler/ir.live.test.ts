import { BpfMap, Program } from 'ebpf-napi';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { IrBuilder } from '../../src/compiler/ir/builder.js';
import { emitProgram } from '../../src/compiler/ir/emit.js';
import { type AluOp, type Condition, imm, type V } from '../../src/compiler/ir/ir.js';

const OPS = [
  'add',
  'sub',
  'mul',
  'and',
  'or',
  'xor',
  'lsh',
  'rsh',
  'arsh',
  'div',
  'mod',
] as const satisfies AluOp[];
const CONDITIONS = ['==', '!=', '>', '<=', 's>', 's<='] as const satisfies Condition[];

const unsigned = (x: bigint) => BigInt.asUintN(64, x);
const signed = (x: bigint) => BigInt.asIntN(64, x);

const ALU: Record<(typeof OPS)[number], (a: bigint, b: bigint) => bigint> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  lsh: (a, b) => a << (b & 63n),
  rsh: (a, b) => unsigned(a) >> (b & 63n),
  arsh: (a, b) => signed(a) >> (b & 63n),
  div: (a, b) => (unsigned(b) === 0n ? 0n : unsigned(a) / unsigned(b)),
  mod: (a, b) => (unsigned(b) === 0n ? a : unsigned(a) % unsigned(b)),
};
const HOLDS: Record<(typeof CONDITIONS)[number], (a: bigint, b: bigint) => boolean> = {
  '==': (a, b) => unsigned(a) === unsigned(b),
  '!=': (a, b) => unsigned(a) !== unsigned(b),
  '>': (a, b) => unsigned(a) > unsigned(b),
  '<=': (a, b) => unsigned(a) <= unsigned(b),
  's>': (a, b) => signed(a) > signed(b),
  's<=': (a, b) => signed(a) <= signed(b),
};

type Step =
  | { kind: 'alu'; op: (typeof OPS)[number]; a: number; b: number }
  | { kind: 'constant'; value: bigint }
  | { kind: 'choose'; condition: (typeof CONDITIONS)[number]; a: number; b: number }
  | { kind: 'call' };

/** Programs as lists of steps over all earlier values: long lives, many at once, calls in between. */
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('alu' as const),
      op: fc.constantFrom(...OPS),
      a: fc.nat(),
      b: fc.nat(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('constant' as const),
      value: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('choose' as const),
      condition: fc.constantFrom(...CONDITIONS),
      a: fc.nat(),
      b: fc.nat(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'call' as const }) },
);

function reference(steps: readonly Step[], inputs: readonly bigint[]): bigint {
  const values = [...inputs];
  const at = (i: number) => values[i % values.length]!;
  for (const s of steps) {
    if (s.kind === 'alu') values.push(ALU[s.op](at(s.a), at(s.b)));
    else if (s.kind === 'constant') values.push(s.value);
    else if (s.kind === 'choose') values.push(HOLDS[s.condition](at(s.a), at(s.b)) ? at(s.a) : at(s.b));
  }
  return unsigned(values.reduce((sum, v) => unsigned(sum * 31n + unsigned(v)), 0n));
}

function build(steps: readonly Step[], inputs: number) {
  const b = new IrBuilder('test');
  const ctx = b.register();
  const base = b.move({ map: 'data', value: 0 });
  const values: V[] = Array.from({ length: inputs }, (_, i) => b.load(8, base, 8 + 8 * i));
  const at = (i: number) => values[i % values.length]!;
  for (const s of steps) {
    if (s.kind === 'alu') {
      const shift = s.op === 'lsh' || s.op === 'rsh' || s.op === 'arsh';
      values.push(b.alu(s.op, at(s.a), shift ? b.alu('and', at(s.b), imm(63)) : at(s.b)));
    } else if (s.kind === 'constant') values.push(b.constant(s.value));
    else if (s.kind === 'choose') {
      const result = b.move(at(s.a));
      const end = b.newLabel('end');
      b.branch(s.condition, at(s.a), at(s.b), end);
      b.assign(result, at(s.b));
      b.label(end);
      values.push(result);
    } else b.helper('bpf_ktime_get_ns');
  }
  let sum = b.constant(0);
  for (const v of values) sum = b.alu('add', b.alu('mul', sum, imm(31)), v);
  b.store(8, base, 0, sum);
  b.exit();
  return emitProgram(b.finish([ctx]));
}

describe('IR on the kernel', () => {
  const maps = new Map([
    ['data', BpfMap.create({ name: 'data', type: 'array', keySize: 4, valueSize: 64, maxEntries: 1 })],
  ]);
  const data = maps.get('data')!;
  afterAll(() => data.close());

  it('computes what the steps say, whatever has to be spilled', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 40 }),
        fc.array(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), { minLength: 3, maxLength: 3 }),
        (steps, inputs) => {
          const value = Buffer.alloc(64);
          inputs.forEach((x, i) => {
            value.writeBigInt64LE(x, 8 + 8 * i);
          });
          const key = Buffer.alloc(4);
          data.update(key, value);
          const program = Program.loadSync(
            { name: 'ir', type: 'raw_tracepoint', instructions: build(steps, 3) },
            maps,
          );
          program.testRun();
          program.close();
          expect(Buffer.from(data.lookup(key)!).readBigUInt64LE(0)).toBe(reference(steps, inputs));
        },
      ),
      { numRuns: 300 },
    );
  });
});
