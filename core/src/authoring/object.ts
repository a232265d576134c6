/** `dtrace -G`: the object that is linked with a program's own. */
import { ELF_MACHINES, type ElfMachineName, probeObject } from '@dtrace/probe-objects';
import type { Declarations } from './declarations.js';
import { semaphoresOf } from './semaphores.js';

/** A file that was named as one of the program's objects. */
export interface ObjectFile {
  readonly path: string;
  readonly bytes: Buffer;
}

/** Objects that no object can be made for; the message says which and why. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
}

const ELF = 0x7f454c46;
/** What clang writes when the linker is to do the optimising: bitcode, plain or wrapped. */
const BITCODE = new Set([0x4243c0de, 0xdec0170b]);
const RELOCATABLE = 1;

/** The machine an object is for; undefined where it does not say. */
function machineOf({ path, bytes }: ObjectFile): ElfMachineName | undefined {
  const magic = bytes.length < 20 ? 0 : bytes.readUInt32BE(0);
  if (BITCODE.has(magic)) return undefined;
  if (magic !== ELF) throw new LinkError(`not an ELF file: ${path}`);
  if (bytes.readUInt16LE(16) !== RELOCATABLE) throw new LinkError(`not a relocatable object file: ${path}`);
  const code = bytes.readUInt16LE(18);
  const found = Object.entries(ELF_MACHINES).find(([, machine]) => machine.code === code);
  if (found === undefined) throw new LinkError(`no probes for this kind of machine (${code}): ${path}`);
  return found[0] as ElfMachineName;
}

/** All objects of one program are for one machine; without objects it is `usual`. Throws a `LinkError`. */
export function machineOfAll(objects: readonly ObjectFile[], usual: ElfMachineName): ElfMachineName {
  let machine: ElfMachineName | undefined;
  for (const object of objects) {
    const own = machineOf(object);
    if (own !== undefined && machine !== undefined && own !== machine)
      throw new LinkError(`incorrect ELF class or machine type for object file: ${object.path}`);
    machine ??= own;
  }
  return machine ?? usual;
}

/**
 * Headers of other systems make probes of calls, which their linkers take out again. Here nobody would define what is
 * called. Throws a `LinkError`.
 */
export function refuseCalls({ providers }: Declarations, objects: readonly ObjectFile[]): void {
  for (const { path, bytes } of objects) {
    const called = providers.find(({ name }) => bytes.includes(`\0__dtrace_${name}___`));
    if (called !== undefined)
      throw new LinkError(
        `${path} calls probes of ${called.name} as functions: compile it with the header of dtrace -h`,
      );
  }
}

/** `strip`: nothing is carried but what the program itself needs. */
export const objectBytes = (
  { providers, text }: Declarations,
  machine: ElfMachineName,
  { strip = false } = {},
): Buffer => probeObject({ machine, semaphores: semaphoresOf(providers), declarations: strip ? '' : text });
