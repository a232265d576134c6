import { describe, expect, test } from 'vitest';
import {
  callHelper,
  callKfunc,
  callSub,
  exit,
  type Instruction,
  label,
  loadFunc,
  store,
} from '../../src/asm/index.js';
import {
  BpfError,
  type BpfMap,
  bpfStatsEnable,
  MissingFeatureError,
  openModuleBtf,
  Program,
  VerifierError,
} from '../../src/index.js';
import { Add, count, counters, load, Mov, needs, readCounters, u32, u64 } from './support.js';

const none: ReadonlyMap<string, BpfMap> = new Map();
const rawTp = (name: string, ...instructions: Instruction[]) =>
  ({ name, type: 'raw_tracepoint', instructions }) as const;

describe('programs', () => {
  test('load, run and close', async () => {
    const map = counters();
    const code = [load(8, 6, 1, 8), ...count('counters', 8, 3), Mov.reg(0, 6), exit()];
    const program = await Program.load(rawTp('run', ...code), new Map([['counters', map]]));
    expect(program.testRun({ ctx: u64(1n, 42n) }).retval).toBe(42);
    program.testRun({ ctx: u64(1n, 2n), cpu: 0 });
    expect(readCounters(map)[1]).toBe(6n);
    program.close();
    map.close();
  });

  test('info, with run statistics', () => {
    const stats = bpfStatsEnable();
    const program = Program.loadSync(rawTp('a name, too long!', Mov.imm(0, 0), exit()), none);
    for (let i = 0; i < 10; i++) program.testRun();
    const info = program.info();
    expect(info.name).toBe('a_name__too_lon');
    expect(info.translatedSize).toBeGreaterThanOrEqual(16);
    expect(info.jitedSize).toBeGreaterThan(0);
    expect(info.recursionMisses).toBe(0n);
    stats.close();
    program.close();
  });

  test('a syscall program changes its context', needs('syscall_program'), () => {
    const instructions = [Mov.imm(2, 99), store(8, 1, 0, 2), Mov.imm(0, 1), exit()];
    const program = Program.loadSync({ name: 's', type: 'syscall', sleepable: true, instructions }, none);
    const ctx = new Uint8Array(16);
    expect(program.testRun({ ctx }).retval).toBe(1);
    expect(ctx[0]).toBe(99);
    program.close();
  });

  test('subprograms', () => {
    const code = [
      callSub('twice'),
      Add.imm(0, 1),
      exit(),
      label('twice', Mov.imm(0, 20)),
      Add.reg(0, 0),
      exit(),
    ];
    const program = Program.loadSync(rawTp('sub', ...code), none);
    expect(program.testRun().retval).toBe(41);
    program.close();
  });

  test('a callback', needs('bpf_loop'), () => {
    const map = counters();
    const code = [
      Mov.imm(1, 1000),
      loadFunc(2, 'body'),
      Mov.imm(3, 0),
      Mov.imm(4, 0),
      callHelper('bpf_loop'),
      exit(),
      label('body', Mov.imm(6, 0)),
      ...count('counters'),
      Mov.imm(0, 0),
      exit(),
    ];
    const program = Program.loadSync(rawTp('loop', ...code), new Map([['counters', map]]));
    expect(program.testRun().retval).toBe(1000);
    expect(readCounters(map)[0]).toBe(1000n);
    program.close();
    map.close();
  });

  test('a kernel function', needs('rdonly_cast'), () => {
    const code = [
      Mov.reg(1, 10),
      Mov.imm(2, 0x7fff_ffff),
      callKfunc('bpf_rdonly_cast'),
      Mov.imm(0, 0),
      exit(),
    ];
    // Casting to an unknown type is refused, which shows that the function was found and its arguments looked at.
    expect(() => Program.loadSync(rawTp('kf', ...code), none)).toThrow(VerifierError);
    const unknown = () => Program.loadSync(rawTp('kf', callKfunc('bpf_no_such_thing'), exit()), none);
    expect(unknown).toThrow(MissingFeatureError);
  });

  test('the verifier says which instruction', async () => {
    const code = [Mov.imm(0, 0), store(8, 10, -8, 0), load(8, 0, 10, -4096), exit()];
    const error = await Program.load(rawTp('bad', ...code), none).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(VerifierError);
    const { instruction, summary, code: name, log } = error as VerifierError;
    expect(instruction).toBe(2);
    expect(name).toBe('EACCES');
    expect(summary).toMatch(/invalid/);
    expect(log).toContain(summary.split('\n')[0]);
  });

  test('a log longer than the first buffer', () => {
    const long = Array.from({ length: 20_000 }, (_, i) => Mov.imm(0, i));
    const code = [...long, load(8, 0, 10, 8), exit()];
    const error = (() => {
      try {
        Program.loadSync(rawTp('long', ...code), none);
      } catch (e) {
        return e;
      }
    })();
    expect((error as VerifierError).instruction).toBe(20_000);
  });

  test('what is missing is named', () => {
    const use = () => Program.loadSync(rawTp('m', ...count('nowhere'), Mov.imm(0, 0), exit()), none);
    expect(use).toThrow(/uses map 'nowhere'/);
    const spec = { type: 'tracing', expectedAttach: 'trace_raw_tp', attachTo: 'no_such' } as const;
    const load_ = () => Program.loadSync({ name: 't', ...spec, instructions: [Mov.imm(0, 0), exit()] }, none);
    expect(load_).toThrow(BpfError);
    expect(load_).toThrow(/no typedef btf_trace_no_such/);
  });

  test('BTF objects of the kernel', needs('module_btf'), () => {
    const { fd, close } = openModuleBtf('vmlinux');
    expect(fd).toBeGreaterThan(0);
    close();
    expect(() => openModuleBtf('no_such_module')).toThrow(/no_such_module.*not loaded/);
  });

  test('maps by file descriptor', () => {
    const map = counters({ contents: u64(11n) });
    const code = [...count('counters'), load(8, 0, 1, 0), exit()];
    const program = Program.loadSync(rawTp('fd', ...code), new Map([['counters', map]]));
    expect(program.testRun().retval).toBe(12);
    expect(map.lookup(u32(0))?.[0]).toBe(12);
    program.close();
    map.close();
  });
});
