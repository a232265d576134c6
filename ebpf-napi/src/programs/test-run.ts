import { Attr, bpfCall, bpfName } from '../bpf.js';
import { check } from '../errors.js';
import type { Steps } from '../syscall.js';
import type { ProgramSpec } from './types.js';

export interface TestRunOptions {
  /** The program's context. Raw tracepoints: its arguments, 8 bytes each. Syscall programs: read and written. */
  readonly ctx?: Uint8Array;
  /** Raw tracepoints only: CPU to run on. */
  readonly cpu?: number;
  /** Packet programs only. */
  readonly repeat?: number;
  readonly dataIn?: Uint8Array;
  readonly dataOutSize?: number;
}

export interface TestRunResult {
  readonly retval: number;
  /** Average of the repetitions, where the kernel measures it. */
  readonly durationNs: number;
  readonly dataOut?: Uint8Array;
}

const RUN_ON_CPU = 1;

/** Runs a program by BPF_PROG_TEST_RUN: raw_tracepoint (5.10), syscall (5.14) and packet programs. */
export function* testRun(fd: number, spec: ProgramSpec, options: TestRunOptions): Steps<TestRunResult> {
  const { ctx, cpu, repeat = 0, dataIn, dataOutSize = 0 } = options;
  const dataOut = dataOutSize > 0 ? new Uint8Array(dataOutSize) : undefined;
  const attr = new Attr(80)
    .u32(0, fd)
    .u32(8, dataIn?.length ?? 0)
    .u32(12, dataOutSize)
    .pointer(16, dataIn)
    .pointer(24, dataOut)
    .u32(32, repeat)
    .u32(40, ctx?.length ?? 0)
    .pointer(48, ctx)
    .u32(64, cpu === undefined ? 0 : RUN_ON_CPU)
    .u32(68, cpu ?? 0);
  const result: number = yield bpfCall('PROG_TEST_RUN', attr);
  check(result, bpfName('PROG_TEST_RUN'), `test-run ${spec.type} program '${spec.name}'`);
  const base = { retval: attr.getU32(4), durationNs: attr.getU32(36) };
  return dataOut === undefined ? base : { ...base, dataOut: dataOut.subarray(0, attr.getU32(12)) };
}
