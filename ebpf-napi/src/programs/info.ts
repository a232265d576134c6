import { Attr, bpf, bpfName } from '../bpf.js';
import { check } from '../errors.js';

export interface ProgramInfo {
  readonly id: number;
  readonly name: string;
  /** Counted only while `bpfStatsEnable` is on. */
  readonly runCount: bigint;
  readonly runTimeNs: bigint;
  /** Runs left out because the program was already running on that CPU (Linux 5.12). */
  readonly recursionMisses: bigint;
  /** Instructions the verifier walked through (Linux 5.16). */
  readonly verifiedInstructions: number;
  readonly jitedSize: number;
  /** Bytes of BPF code after the verifier's rewriting. */
  readonly translatedSize: number;
  readonly loadedAtNs: bigint;
}

const INFO_BYTES = 232;

export function programInfo(fd: number, name: string): ProgramInfo {
  const info = new Attr(INFO_BYTES);
  const attr = new Attr(16).u32(0, fd).u32(4, INFO_BYTES).pointer(8, info.bytes);
  check(bpf('OBJ_GET_INFO_BY_FD', attr), bpfName('OBJ_GET_INFO_BY_FD'), `ask about program '${name}'`);
  const text = new TextDecoder().decode(info.bytes.subarray(64, 80));
  return {
    id: info.getU32(4),
    name: text.replace(/\0.*$/s, ''),
    runTimeNs: info.getU64(192),
    runCount: info.getU64(200),
    recursionMisses: info.getU64(208),
    verifiedInstructions: info.getU32(216),
    jitedSize: info.getU32(16),
    translatedSize: info.getU32(20),
    loadedAtNs: info.getU64(40),
  };
}
