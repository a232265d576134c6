import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { kernelBtf, mapFile, useKernelBtf } from 'ebpf-napi';
import { Btf, KernelBtf } from 'ebpf-napi/btf';
import { isOwn } from './kernel-facts.js';

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

  /** Writes what was read anew. Failing to is no failure. */
  save(): void {
    const btf = this.#unsaved;
    this.#unsaved = undefined;
    if (btf === undefined) return;
    const temporary = `${this.file}.${process.pid}`;
    try {
      mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
      writeFileSync(temporary, btf.vmlinux.snapshot(), { mode: 0o600 });
      renameSync(temporary, this.file);
    } catch {
      // A read-only or full disk.
    }
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
