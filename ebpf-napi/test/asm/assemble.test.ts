import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Instruction, Reg } from '../../src/asm/index.js';
import {
  Add,
  AssembleError,
  assemble,
  callKfunc,
  callSub,
  decode,
  disassemble,
  exit,
  formatInstruction,
  JEq,
  ja,
  label,
  loadFunc,
  loadImm64,
  loadMap,
  Mov,
  nop,
  withSource,
} from '../../src/asm/index.js';

const nops = (count: number): Instruction[] => Array.from({ length: count }, nop);

describe('assemble', () => {
  it('resolves jumps forward and back over two-slot loads', () => {
    const { code, slots } = assemble([
      label('top', loadImm64(1, 1n)),
      JEq.imm(1, 0, 'out'),
      loadImm64(2, 2n),
      ja('top'),
      label('out', exit()),
    ]);
    expect(slots).toEqual([0, 2, 3, 5, 6]);
    expect(disassemble(code)).toEqual(['r1 = 0x1', 'if r1 == 0x0 goto +3', 'r2 = 0x2', 'goto -6', 'exit']);
  });

  it('lists references, sources and subprograms by slot', () => {
    const { code, references, sources, subprograms } = assemble([
      withSource(loadMap(1, 'counts'), 7),
      loadFunc(2, 'each'),
      callSub('sub'),
      withSource(callKfunc('bpf_rcu_read_lock'), 8),
      exit(),
      label('sub', exit()),
      label('each', Mov.imm(0, 0)),
      exit(),
    ]);
    expect(references).toEqual([
      { slot: 0, index: 0, reference: { kind: 'map', name: 'counts' } },
      { slot: 2, index: 1, reference: { kind: 'func', name: 'each' } },
      { slot: 5, index: 3, reference: { kind: 'kfunc', name: 'bpf_rcu_read_lock' } },
    ]);
    expect([...sources]).toEqual([7, 7, -1, -1, -1, 8, -1, -1, -1, -1]);
    expect(subprograms).toEqual([
      { label: 'sub', slot: 7 },
      { label: 'each', slot: 8 },
    ]);
    // Both distances count from the slot after the instruction's first: 2 + 1 + 5 = 8 and 4 + 1 + 2 = 7.
    expect(disassemble(code, { numbers: true })).toEqual([
      '   0: r1 = map[fd:0]',
      '   2: r2 = func[pc+5]',
      '   4: call pc+2',
      '   5: call kernel-function#0',
      '   6: exit',
      '   7: exit',
      '   8: r0 = 0',
      '   9: exit',
    ]);
    expect(disassemble(code, { references })[1]).toBe('r2 = func[each]');
  });

  it.each([
    { program: [ja('nowhere')], message: 'label "nowhere" is not defined', index: 0 },
    { program: [exit(), callSub('sub')], message: 'label "sub" is not defined', index: 1 },
    {
      program: [label('a', nop()), nop(), label('a', exit())],
      message: 'label "a" is defined at instructions 0 and 2',
      index: 2,
    },
    {
      program: [ja('far'), ...nops(0x8000), label('far', exit())],
      message: 'jump to "far" does not fit 16 bits',
      index: 0,
    },
  ])('refuses: $message', ({ program, message, index }) => {
    const run = () => assemble(program);
    expect(run).toThrow(AssembleError);
    expect(run).toThrow(message);
    expect(run).toThrow(expect.objectContaining({ index }));
  });

  it('reaches as far as 16 bits go', () => {
    const { code } = assemble([ja('far'), ...nops(0x7fff), label('far', exit())]);
    expect(decode(code)[0]?.insn.offset).toBe(0x7fff);
  });

  it('makes far jumps long when allowed', () => {
    const program = [
      label('top', JEq.imm(1, 0, 'far')),
      ja('far'),
      ...nops(0x8000),
      JEq.imm(2, 0, 'top'),
      label('far', exit()),
    ];
    const { code, slots } = assemble(program, { longJumps: true });
    const lines = disassemble(code, { numbers: true });
    expect(lines.slice(0, 4)).toEqual([
      '   0: if r1 == 0x0 goto +1',
      '   1: goto +1',
      '   2: gotol +32772',
      '   3: gotol +32771',
    ]);
    expect(lines.slice(-4)).toEqual([
      '32772: if r2 == 0x0 goto +1',
      '32773: goto +1',
      '32774: gotol -32775',
      '32775: exit',
    ]);
    expect(slots[1]).toBe(3);
    expect(slots.at(-1)).toBe(32775);
  });

  it('makes long the jumps that other long jumps push out of reach', () => {
    // Fits by itself, until the condition in between grows by two slots.
    const program = [ja('end'), JEq.imm(1, 0, 'beyond'), ...nops(0x7ffe), label('end', nop()), ...nops(9)];
    const { code } = assemble([...program, label('beyond', exit())], { longJumps: true });
    expect(disassemble(code)[0]).toBe('gotol +32769');
  });

  it('assembles nothing to nothing', () => {
    expect(assemble([]).code).toHaveLength(0);
  });
});

describe('decode', () => {
  it('refuses code that is cut short', () => {
    expect(() => decode(new Uint8Array(7))).toThrow(RangeError);
    expect(() => decode(assemble([loadImm64(1, 1n)]).code.subarray(0, 8))).toThrow('two-slot');
  });
});

describe('properties', () => {
  const reg = fc.integer({ min: 0, max: 10 }) as fc.Arbitrary<Reg>;
  const raw: fc.Arbitrary<Instruction> = fc.record({
    opcode: fc.integer({ min: 0, max: 255 }).filter((opcode) => opcode !== 0x18),
    dst: reg,
    src: fc.integer({ min: 0, max: 15 }),
    offset: fc.integer({ min: -0x8000, max: 0x7fff }),
    imm: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  });
  const wide = fc
    .tuple(reg, fc.bigInt(-(1n << 63n), (1n << 63n) - 1n))
    .map(([dst, imm]) => loadImm64(dst, imm));

  it('decode inverts assemble', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(raw, wide)), fc.constantFrom('little', 'big'), (insns, endianness) => {
        const { code, slots } = assemble(insns, { endianness });
        const back = decode(code, endianness);
        expect(back.map(({ insn }) => insn)).toEqual(insns);
        expect(back.map(({ slot }) => slot)).toEqual(slots);
      }),
    );
  });

  it('formats every encoding', () => {
    fc.assert(
      fc.property(raw, (insn) => {
        expect(formatInstruction(insn)).not.toMatch(/undefined|NaN/);
      }),
      { numRuns: 2000 },
    );
  });

  it('jumps land on their label', () => {
    const step = fc.oneof(
      fc.nat().map((n) => ({ jump: n })),
      fc.constant({ wide: true }),
      fc.constant({ wide: false }),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 50 }), (steps) => {
        const insns = steps.map((s, i): Instruction => {
          if ('jump' in s) return label(`l${i}`, JEq.imm(1, 0, `l${s.jump % steps.length}`));
          return label(`l${i}`, s.wide ? loadImm64(1, 1n) : Add.imm(1, 1));
        });
        const { code, slots } = assemble(insns);
        decode(code).forEach(({ slot, insn }, i) => {
          const s = steps[i]!;
          if ('jump' in s) expect(slot + 1 + insn.offset).toBe(slots[s.jump % steps.length]);
        });
      }),
    );
  });
});
