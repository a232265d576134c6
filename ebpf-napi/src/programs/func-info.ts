import type { Assembly } from '../asm/assemble.js';
import { FUNC_INFO_BYTES, programInfo } from '../btf/program-info.js';
import { loadBtf } from '../btf-load.js';
import type { Steps } from '../syscall.js';
import type { ProgramSpec } from './types.js';

const SLOT_BYTES = 8;
const CALL = 0x85;
const TAIL_CALL = 12;

/** `struct bpf_func_info` records and the BTF they point into. */
export interface FuncInfo {
  readonly btfFd: number;
  readonly records: Uint8Array;
  readonly count: number;
}

function hasTailCall(code: Uint8Array): boolean {
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  for (let at = 0; at < code.length; at += SLOT_BYTES) {
    if (code[at] === CALL && code[at + 1]! >> 4 === 0 && view.getInt32(at + 4, true) === TAIL_CALL)
      return true;
  }
  return false;
}

/** The kernel wants types for subprograms that are callbacks, and where subprograms meet tail calls. */
function needsFuncInfo({ references, subprograms, code }: Assembly): boolean {
  if (references.some(({ reference }) => reference.kind === 'func')) return true;
  return subprograms.some(({ slot }) => slot > 0) && hasTailCall(code);
}

/** Describes the functions of a program to the kernel; undefined where it does not ask for that. */
export function* loadFuncInfo(spec: ProgramSpec, assembly: Assembly): Steps<FuncInfo | undefined> {
  if (!needsFuncInfo(assembly)) return undefined;
  const subprograms = assembly.subprograms.filter(({ slot }) => slot > 0);
  const functions = [
    { name: spec.name, slot: 0 },
    ...subprograms.map(({ label, slot }) => ({ name: label, slot })),
  ];
  const { btf, funcInfo } = programInfo(functions);
  const btfFd = yield* loadBtf(btf, `describe program '${spec.name}'`);
  return { btfFd, records: funcInfo, count: funcInfo.length / FUNC_INFO_BYTES };
}
