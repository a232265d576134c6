import { Attr, bpfCall, bpfName } from './bpf.js';
import { check } from './errors.js';
import type { Steps } from './syscall.js';

/** Loads BTF into the kernel (Linux 4.18); gives its file descriptor. */
export function* loadBtf(bytes: Uint8Array, asked: string): Steps<number> {
  const attr = new Attr(32).pointer(0, bytes).u32(16, bytes.length);
  return check(yield bpfCall('BTF_LOAD', attr), bpfName('BTF_LOAD'), asked);
}
