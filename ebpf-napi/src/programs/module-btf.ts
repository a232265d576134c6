import { Attr, bpf, bpfName } from '../bpf.js';
import { BpfError, check } from '../errors.js';
import { closeFd } from '../syscall.js';

const NAME_BYTES = 64;

/** The name the kernel gives a BTF object: its module's, or "vmlinux"; empty for a program's. */
function nameOf(fd: number): string {
  const name = new Uint8Array(NAME_BYTES);
  const info = new Attr(32).pointer(16, name).u32(24, NAME_BYTES);
  const attr = new Attr(16).u32(0, fd).u32(4, 32).table(8, info);
  if (bpf('OBJ_GET_INFO_BY_FD', attr) < 0) return '';
  return new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
}

/** Opens the BTF object of a kernel module, for `ProgramSpec.attachModule`. Linux 5.11. The caller closes it. */
export function openModuleBtf(module: string): { readonly fd: number; close(): void } {
  const asked = `find the BTF of module '${module}'`;
  for (let id = 0; ; ) {
    const next = new Attr(12).u32(0, id);
    const result = bpf('BTF_GET_NEXT_ID', next);
    const cause = 'the module is not loaded or has no BTF';
    if (result === -2) throw new BpfError({ syscall: bpfName('BTF_GET_NEXT_ID'), errno: 2, asked, cause });
    check(result, bpfName('BTF_GET_NEXT_ID'), asked);
    id = next.getU32(4);
    const fd = bpf('BTF_GET_FD_BY_ID', new Attr(12).u32(0, id));
    if (fd < 0) continue; // gone meanwhile
    if (nameOf(fd) === module) return { fd, close: () => closeFd(fd) };
    closeFd(fd);
  }
}
