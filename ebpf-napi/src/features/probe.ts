import type { Instruction } from '../asm/instruction.js';
import { Attr, bpf } from '../bpf.js';
import { BpfError, errnoName, MissingFeatureError } from '../errors.js';
import { BpfMap } from '../maps/map.js';
import type { MapSpec } from '../maps/types.js';
import { kernelBtf } from '../programs/load.js';
import { Program } from '../programs/program.js';
import { type AttachType, attachTypes, type ProgramSpec, type ProgramType } from '../programs/types.js';
import { VerifierError } from '../programs/verifier-log.js';
import { closeFd, cString } from '../syscall.js';

/** Why a feature is not there; undefined if it is. */
export type Verdict = string | undefined;
export type Probe = () => Verdict;

type Raw = readonly [opcode: number, dst: number, src: number, offset: number, imm: number];

const instruction = ([opcode, dst, src, offset, imm]: Raw): Instruction => ({
  opcode,
  dst: dst as Instruction['dst'],
  src,
  offset,
  imm,
});

/** Raw instructions for probes. */
export const raw = {
  mov: (dst: number, imm: number): Raw => [0xb7, dst, 0, 0, imm],
  call: (helper: number): Raw => [0x85, 0, 0, 0, helper],
  exit: [0x95, 0, 0, 0, 0] as Raw,
} as const;

/** What a program that should load, if a feature is there, looks like. */
export type ProbeProgram = Partial<Omit<ProgramSpec, 'instructions'>> & { readonly type: ProgramType };

const specOf = (program: ProbeProgram, instructions: readonly Instruction[]): ProgramSpec => ({
  name: 'probe',
  ...program,
  instructions,
});

function describe(error: unknown): string {
  if (error instanceof VerifierError) return error.summary.split('\n').at(-1) || error.code;
  if (error instanceof BpfError) return error.cause_ === '' ? error.code : `${error.code}: ${error.cause_}`;
  if (error instanceof MissingFeatureError) return error.reason ?? error.message;
  throw error;
}

function attempt(load: () => Program, judge: (error: unknown) => Verdict = describe): Verdict {
  try {
    load().close();
    return undefined;
  } catch (error) {
    return judge(error);
  }
}

/** The program must load. */
export const loads =
  (program: ProbeProgram, ...code: readonly Raw[]): Probe =>
  () => {
    const body = code.length > 0 ? code : [raw.mov(0, 0)];
    const instructions = [...body, raw.exit].map(instruction);
    return attempt(() => Program.loadSync(specOf(program, instructions), new Map()));
  };

const ABSENT =
  /invalid func |unknown func |cannot use helper|helper call is not allowed|calling kernel function .* is not allowed|not supported for program type|calling kernel function is not allowed|calling invalid kernel/;

/** Without arguments the call is refused anyway; what counts is whether the verifier knows it. */
function judgeCall(error: unknown): Verdict {
  if (!(error instanceof VerifierError)) return describe(error);
  return ABSENT.exec(error.log) === null ? undefined : describe(error);
}

/** Such a program loads by itself, and is not refused for making the call. */
function mayCall(program: ProbeProgram, call: Instruction): Verdict {
  const instructions = [call, instruction(raw.exit)];
  const verdict = loads(program)();
  return verdict ?? attempt(() => Program.loadSync(specOf(program, instructions), new Map()), judgeCall);
}

/** A program of this type may call the helper. */
export const helper =
  (program: ProbeProgram, id: number): Probe =>
  () =>
    mayCall(program, instruction(raw.call(id)));

/** A program of this type may call the kernel function. */
export const kfunc =
  (program: ProbeProgram, name: string): Probe =>
  () => {
    if (kernelBtf().findId('func', name) === undefined) return `no function ${name} in the kernel BTF`;
    return mayCall(program, { ...instruction([0x85, 0, 2, 0, 0]), reference: { kind: 'kfunc', name } });
  };

/** An instruction as the verifier's log of the whole program has it: the loop it is part of, and its opcode. */
const LOGGED = /^ *(?:(\d+) +)?\d+: [.\d]{10} \(([\da-f]{2})\)/gm;

/**
 * A function that bpf_loop() calls may have loops. From 6.17 until calls of callbacks counted as loops themselves, the
 * verifier remembers states that it has freed when they do, and the kernel crashes.
 */
export const loopsInCallbacks: Probe = () => {
  const call: Raw = raw.call(181);
  const missing = helper({ type: 'raw_tracepoint' }, 181)();
  if (missing !== undefined) return missing;
  const turn = { kind: 'func', name: 'turn' } as const;
  const again: Raw = [0xa5, 6, 0, -2, 2];
  const body: Instruction[] = [
    instruction(raw.mov(1, 1)),
    { ...instruction([0x18, 2, 4, 0, 0]), imm: 0n, reference: turn },
    ...[raw.mov(3, 0), raw.mov(4, 0), call, raw.mov(0, 0), raw.exit].map(instruction),
    { ...instruction(raw.mov(6, 0)), label: turn.name },
    ...([[0x07, 6, 0, 0, 1], again, raw.mov(0, 0), raw.exit] as const).map(instruction),
  ];
  let log = '';
  const options = { logLevel: 2, log: (report: string) => (log = report) } as const;
  const verdict = attempt(() =>
    Program.loadSync(specOf({ type: 'raw_tracepoint' }, body), new Map(), undefined, options),
  );
  if (verdict !== undefined) return verdict;
  const inLoops = [...log.matchAll(LOGGED)].flatMap(([, loop, opcode]) => (loop === undefined ? [] : opcode));
  // Older kernels do not name loops, and have no such mistake.
  const safe = inLoops.length === 0 || inLoops.includes('85');
  return safe ? undefined : 'the verifier does not take calls of callbacks for loops';
};

/** A map of this kind can be made. */
export const createsMap =
  (spec: Omit<MapSpec, 'name'>): Probe =>
  () => {
    try {
      BpfMap.create({ name: 'probe', ...spec }).close();
      return undefined;
    } catch (error) {
      return describe(error);
    }
  };

/** A program of this type may use such a map. */
export const usesMap =
  (type: ProgramType, spec: Omit<MapSpec, 'name'>): Probe =>
  () => {
    const map = BpfMap.create({ name: 'probe', ...spec });
    const reference = { kind: 'map', name: 'probe' } as const;
    const body = [
      { ...instruction([0x18, 1, 1, 0, 0]), imm: 0n, reference },
      ...[raw.mov(0, 0), raw.exit].map(instruction),
    ];
    const verdict = attempt(() => Program.loadSync(specOf({ type }, body), new Map([['probe', map]])));
    map.close();
    return verdict;
  };

const EMPTY = new Set(['', 'ENOENT']);

/** The map type can be read in batches: an empty one says so, or ENOENT. */
export const batches =
  (spec: Omit<MapSpec, 'name'>): Probe =>
  () => {
    const map = BpfMap.create({ name: 'probe', ...spec });
    const attr = new Attr(56)
      .pointer(8, new Uint8Array(8))
      .pointer(16, new Uint8Array(map.keySize))
      .pointer(24, new Uint8Array(map.valueStride))
      .u32(32, 1)
      .u32(36, map.fd);
    const result = bpf('MAP_LOOKUP_BATCH', attr);
    map.close();
    const code = result < 0 ? errnoName(-result) : '';
    return EMPTY.has(code) ? undefined : code;
  };

/** Attaching must be refused for the target, which does not exist, and not for the request. */
export const linkRefusal =
  (program: ProbeProgram, attach: AttachType, fill: (attr: Attr) => void, expected: string): Probe =>
  () => {
    const instructions = [raw.mov(0, 0), raw.exit].map(instruction);
    let result = 0;
    const verdict = attempt(() => {
      const loaded = Program.loadSync(specOf(program, instructions), new Map());
      const attr = new Attr(64).u32(0, loaded.fd).u32(4, -1).u32(8, attachTypes[attach]);
      fill(attr);
      result = bpf('LINK_CREATE', attr);
      if (result >= 0) closeFd(result);
      return loaded;
    });
    if (verdict !== undefined) return verdict;
    const code = errnoName(-result);
    return result >= 0 || code === expected ? undefined : `attaching gives ${code}`;
  };

export const uprobeTarget = (attr: Attr): void => {
  attr.pointer(16, cString('/')).pointer(24, new BigUint64Array(1)).u32(48, 1);
};

export const kprobeTarget = (attr: Attr): void => {
  const table = new Attr(8).pointer(0, cString('no such function'));
  attr.u32(20, 1).table(24, table);
};
