import { bpfName } from '../bpf.js';
import type { KernelBtf } from '../btf/kernel.js';
import { BpfError } from '../errors.js';
import { openModuleBtf } from './module-btf.js';
import type { ProgramSpec } from './types.js';

/** What a tracing program is for, as the kernel identifies it. */
export interface AttachTarget {
  readonly btfId: number;
  /** BTF object of a module; 0 for the kernel itself. */
  readonly btfFd: number;
  close?(): void;
}

const NONE: AttachTarget = { btfId: 0, btfFd: 0 };
const ENOENT = 2;

/** How the target is called in the kernel's BTF. */
function nameInBtf(spec: ProgramSpec, target: string): { kind: 'typedef' | 'func'; name: string } {
  if (spec.expectedAttach === 'trace_raw_tp') return { kind: 'typedef', name: `btf_trace_${target}` };
  if (spec.expectedAttach === 'trace_iter') return { kind: 'func', name: `bpf_iter_${target}` };
  return { kind: 'func', name: target };
}

function findType(btf: KernelBtf, kind: 'typedef' | 'func', name: string, module: string | undefined) {
  if (module === undefined) return btf.find(kind, name);
  const types = btf.module(module);
  const id = types.findId(kind, name);
  return id === undefined || id < types.firstId ? undefined : { id, module };
}

/** Finds the tracepoint, iterator or function in the kernel, then in its modules. */
export function findTarget(spec: ProgramSpec, btf: () => KernelBtf): AttachTarget {
  if (spec.attachModule !== undefined) return spec.attachModule;
  if (spec.attachTo === undefined) return NONE;
  const { kind, name } = nameInBtf(spec, spec.attachTo);
  const found = findType(btf(), kind, name, spec.attachIn);
  if (found?.module !== undefined) {
    const { fd, close } = openModuleBtf(found.module);
    return { btfId: found.id, btfFd: fd, close };
  }
  if (found !== undefined) return { btfId: found.id, btfFd: 0 };
  throw new BpfError({
    syscall: bpfName('PROG_LOAD'),
    errno: ENOENT,
    asked: `load ${spec.type} program '${spec.name}' for '${spec.attachTo}'`,
    cause: `the BTF of the kernel and its modules has no ${kind} ${name}`,
  });
}
