import { Attr, bpf, bpfName } from '../bpf.js';
import { check } from '../errors.js';
import { closeFd, invoke } from '../syscall.js';
import type { Link } from './link.js';

const CHUNK = 1 << 16;

/** Runs an attached iterator program (trace_iter) once over everything; gives what it wrote. Linux 5.8. */
export function readIterator(link: Link): Uint8Array {
  const fd = check(
    bpf('ITER_CREATE', new Attr(8).u32(0, link.fd)),
    bpfName('ITER_CREATE'),
    'start an iterator',
  );
  try {
    const chunks: Uint8Array[] = [];
    for (;;) {
      const chunk = new Uint8Array(CHUNK);
      const length = check(invoke({ name: 'read', args: [fd, chunk, CHUNK] }), 'read', 'run an iterator');
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
    }
  } finally {
    closeFd(fd);
  }
}
