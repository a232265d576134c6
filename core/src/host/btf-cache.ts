import { statSync } from 'node:fs';
import { kernelBtf, mapFile, useKernelBtf } from 'ebpf-napi';
import { Btf, KernelBtf } from 'ebpf-napi/btf';
import { isOwn, keep } from './kept-files.js';

/**
 * The kernel's types with their indexes, kept in one file: opening it costs a fraction of reading them from sysfs and
 * indexing them again. Named after the kernel's version; the size of its BTF, which another build hardly shares, is
 * checked as well.
 */
export class BtfCache {
  #unsaved: KernelBtf | undefined;

  constructor(readonly file: string) {}

  open(): KernelBtf {
    const kept = this.#read();
    if (kept !== undefined) {
      const btf = KernelBtf.load(undefined, kept);
      useKernelBtf(btf);
      return btf;
    }
    this.#unsaved = kernelBtf();
    return this.#unsaved;
  }

  /** Writes what was read anew. */
  save(): void {
    if (this.#unsaved !== undefined) keep(this.file, this.#unsaved.vmlinux.snapshot());
    this.#unsaved = undefined;
  }

  #read(): Btf | undefined {
    try {
      if (!isOwn(this.file)) return undefined;
      const btf = Btf.restore(mapFile(this.file));
      return btf?.size === statSync(KernelBtf.path).size ? btf : undefined;
    } catch {
      return undefined;
    }
  }
}
