import { type Assembly, assemble } from '../asm/assemble.js';
import { Attr, bpfCall, bpfName } from '../bpf.js';
import { KernelBtf } from '../btf/kernel.js';
import { FUNC_INFO_BYTES } from '../btf/program-info.js';
import { BpfError, errnoName, MissingFeatureError } from '../errors.js';
import type { BpfMap } from '../maps/map.js';
import { rlimitMemlock } from '../maps/memlock.js';
import { objectName } from '../maps/types.js';
import { closeCall, cString, type Steps } from '../syscall.js';
import { type AttachTarget, findTarget } from './attach-target.js';
import { type FuncInfo, loadFuncInfo } from './func-info.js';
import { linkReferences } from './link-references.js';
import { attachTypes, type ProgramSpec, programTypes } from './types.js';
import { VerifierError } from './verifier-log.js';

const SLEEPABLE = 1 << 4;
const LOG_START = 1 << 16;
const LOG_LIMIT = 1 << 26;
const SLOT_BYTES = 8;
const RETRIES = 5;
/** Errors that the verifier itself gives. */
const VERDICTS = new Set([
  'EACCES',
  'EINVAL',
  'E2BIG',
  'EFAULT',
  'EPERM',
  'ENOTSUPP',
  'EOPNOTSUPP',
  'ENOENT',
  'ERANGE',
]);

/** Things of loading that are seldom needed. */
export interface LoadOptions {
  /** Let jumps that do not fit 16 bits become `gotol`; needs feature cpu_v4. */
  readonly longJumps?: boolean;
  /** Gets the verifier's report, which is otherwise only made when the kernel refuses a program. */
  readonly log?: (report: string) => void;
  /** 2: with all that the verifier looked at, and what it found out about the program as a whole. Default 1. */
  readonly logLevel?: 1 | 2;
}

function loadAttr(spec: ProgramSpec, code: Uint8Array, target: AttachTarget, info?: FuncInfo): Attr {
  const attr = new Attr(128)
    .u32(0, programTypes[spec.type])
    .u32(4, code.length / SLOT_BYTES)
    .pointer(8, code)
    .pointer(16, cString(spec.license ?? 'GPL'))
    .u32(44, spec.sleepable === true ? SLEEPABLE : 0)
    .u32(68, spec.expectedAttach === undefined ? 0 : attachTypes[spec.expectedAttach])
    .u32(108, target.btfId)
    .u32(112, target.btfFd);
  new TextEncoder().encodeInto(objectName(spec.name), attr.bytes.subarray(48, 63));
  if (info !== undefined) {
    attr.u32(72, info.btfFd).u32(76, FUNC_INFO_BYTES).pointer(80, info.records).u32(88, info.count);
  }
  return attr;
}

/** EAGAIN: the verifier gave way to a signal. */
function* tryLoad(attr: Attr): Steps<number> {
  let result = 0;
  for (let i = 0; i < RETRIES; i++) {
    result = yield bpfCall('PROG_LOAD', attr);
    if (result >= 0 || errnoName(-result) !== 'EAGAIN') break;
  }
  return result;
}

function* loadWithLog(makeAttr: () => Attr, level: number): Steps<{ result: number; log: string }> {
  for (let size = LOG_START; ; size *= 4) {
    const log = new Uint8Array(size);
    const attr = makeAttr().u32(24, level).u32(28, size).pointer(32, log);
    const result = yield* tryLoad(attr);
    if (result < 0 && errnoName(-result) === 'ENOSPC' && size < LOG_LIMIT) continue;
    const end = log.indexOf(0);
    return { result, log: new TextDecoder().decode(log.subarray(0, end < 0 ? size : end)) };
  }
}

function loadError(spec: ProgramSpec, assembly: Assembly, errno: number, log: string): Error {
  const target = spec.attachTo === undefined ? '' : ` for '${spec.attachTo}'`;
  const options = {
    syscall: bpfName('PROG_LOAD'),
    errno,
    asked: `load ${spec.expectedAttach ?? spec.type} program '${spec.name}'${target}`,
  };
  if (log.trim() === '' || !VERDICTS.has(errnoName(errno))) return new BpfError(options);
  return new VerifierError({ ...options, log, slots: assembly.slots });
}

/** Assembles, links and loads; gives the file descriptor. Nobody wanting it, a log is made only when loading fails. */
export function* loadProgram(
  spec: ProgramSpec,
  maps: ReadonlyMap<string, BpfMap>,
  givenBtf: KernelBtf | undefined,
  { longJumps = false, log: wanted, logLevel = 1 }: LoadOptions,
): Steps<number> {
  rlimitMemlock();
  let loadedBtf = givenBtf;
  const btf = () => {
    loadedBtf ??= kernelBtf();
    return loadedBtf;
  };
  const assembly = assemble(spec.instructions, { longJumps });
  linkReferences(assembly, { spec, maps, btf });
  const target = findTarget(spec, btf);
  let info: FuncInfo | undefined;
  try {
    info = yield* loadFuncInfo(spec, assembly);
    const makeAttr = () => loadAttr(spec, assembly.code, target, info);
    const first = wanted === undefined ? yield* tryLoad(makeAttr()) : undefined;
    if (first !== undefined && first >= 0) return first;
    const { result, log } = yield* loadWithLog(makeAttr, logLevel);
    wanted?.(log);
    if (result >= 0) return result;
    throw loadError(spec, assembly, -(first ?? result), log);
  } finally {
    target.close?.();
    if (info !== undefined) yield closeCall(info.btfFd);
  }
}

let shared: KernelBtf | undefined;

/** Programs are loaded with this BTF of the running kernel from now on: one restored from a snapshot costs less to open. */
export function useKernelBtf(btf: KernelBtf): void {
  shared = btf;
}

/** The running kernel's BTF, read once. */
export function kernelBtf(): KernelBtf {
  try {
    shared ??= KernelBtf.load();
  } catch (error) {
    throw new MissingFeatureError('btf', '4.18', (error as Error).message);
  }
  return shared;
}
