import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BtfError } from './error.js';
import type { BtfKind } from './kinds.js';
import { Btf } from './reader.js';

/** A type and the BTF it is in; `module` is absent for vmlinux. */
export interface KernelType {
  readonly btf: Btf;
  readonly id: number;
  readonly module?: string;
}

function read(path: string, absent: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const message = code === 'ENOENT' ? absent : `cannot read ${path}: ${String(code ?? cause)}`;
    throw new BtfError(message, { cause });
  }
}

/** The running kernel's BTF: vmlinux, and each module on top of it, read when first asked for. */
export class KernelBtf {
  /** Where kernels have it. */
  static readonly path = '/sys/kernel/btf/vmlinux';

  readonly vmlinux: Btf;
  readonly #directory: string;
  readonly #vmlinuxName: string;
  readonly #modules = new Map<string, Btf>();

  private constructor(path: string, vmlinux?: Uint8Array | Btf) {
    const absent = `${path} does not exist; the kernel is built without CONFIG_DEBUG_INFO_BTF`;
    this.vmlinux = vmlinux instanceof Btf ? vmlinux : new Btf(vmlinux ?? read(path, absent));
    this.#directory = dirname(path);
    this.#vmlinuxName = basename(path);
  }

  /**
   * Reads vmlinux; modules are looked for beside it. Throws `BtfError` if BTF is absent or malformed. Sysfs gives
   * only a page per read, some 10 ms in all, so a caller that has the bytes from elsewhere, or
   * the BTF restored from a snapshot, can pass them.
   */
  static load(path: string = KernelBtf.path, vmlinux?: Uint8Array | Btf): KernelBtf {
    return new KernelBtf(path, vmlinux);
  }

  /** Names of the loaded modules that have BTF, sorted. */
  modules(): string[] {
    return readdirSync(this.#directory)
      .filter((name) => name !== this.#vmlinuxName)
      .sort();
  }

  /** A module's BTF, which also answers for vmlinux. Throws `BtfError` if the module has none or is not loaded. */
  module(name: string): Btf {
    const known = this.#modules.get(name);
    if (known !== undefined) return known;
    if (!/^[\w-]+$/.test(name)) throw new BtfError(`"${name}" is not the name of a kernel module`);
    const blob = read(join(this.#directory, name), `module ${name} has no BTF or is not loaded`);
    const btf = new Btf(blob, this.vmlinux);
    this.#modules.set(name, btf);
    return btf;
  }

  /** Id in vmlinux. */
  findId(kind: BtfKind, name: string): number | undefined {
    return this.vmlinux.findId(kind, name);
  }

  /** Looks in vmlinux, then in every module, which reads them all if the name is nowhere before. */
  find(kind: BtfKind, name: string): KernelType | undefined {
    const id = this.findId(kind, name);
    if (id !== undefined) return { btf: this.vmlinux, id };
    for (const module of this.modules()) {
      const btf = this.module(module);
      const own = btf.findId(kind, name);
      if (own !== undefined) return { btf, id: own, module };
    }
    return undefined;
  }
}
