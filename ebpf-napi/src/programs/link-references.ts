import type { Assembly } from '../asm/assemble.js';
import type { KernelBtf } from '../btf/index.js';
import { MissingFeatureError } from '../errors.js';
import type { BpfMap } from '../maps/map.js';
import type { ProgramSpec } from './types.js';

const SLOT_BYTES = 8;
const IMM = 4;

export interface LinkContext {
  readonly spec: ProgramSpec;
  readonly maps: ReadonlyMap<string, BpfMap>;
  readonly btf: () => KernelBtf;
}

/** Finds the number that the kernel knows a reference by. */
const resolvers = {
  map: (name: string, { maps, spec }: LinkContext): number => {
    const map = maps.get(name);
    if (map === undefined) throw new Error(`program '${spec.name}' uses map '${name}', which was not given`);
    return map.fd;
  },
  kfunc: (name: string, { btf }: LinkContext): number => {
    const id = btf().findId('func', name);
    if (id === undefined) throw new MissingFeatureError(`kfunc ${name}`, 'newer', 'not in the kernel BTF');
    return id;
  },
};

/** Fills in what only the running kernel knows: map file descriptors and BTF ids of kernel functions. */
export function linkReferences(assembly: Assembly, context: LinkContext): void {
  const { code, references } = assembly;
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  for (const { slot, reference } of references) {
    if (reference.kind === 'func') continue; // relative, so assemble has done it
    const value = resolvers[reference.kind](reference.name, context);
    view.setInt32(slot * SLOT_BYTES + IMM, value, true);
  }
}
