/** The kernel's own memory, read by a program: there need be no /proc/kcore, and code is there as it is executed. */
import { BpfError, BpfMap, Program } from 'ebpf-napi';
import { callHelper, exit, JLe, label, load, loadMapValue, Mov } from 'ebpf-napi/asm';

const PIECE = 64 * 1024;
const WINDOW = 'kernel_window';

/** Copies as many bytes as its second argument says from the address that is its first. */
const INSTRUCTIONS = [
  load(8, 3, 1, 0),
  load(8, 2, 1, 8),
  loadMapValue(1, WINDOW, 0),
  JLe.imm(2, PIECE, 'bounded'),
  Mov.imm(0, -1),
  exit(),
  label('bounded', callHelper('bpf_probe_read_kernel')),
  exit(),
];

class KernelWindow {
  readonly #map: BpfMap;
  readonly #program: Program;
  readonly #bytes: Uint8Array;

  constructor() {
    const spec = {
      name: WINDOW,
      type: 'array',
      keySize: 4,
      valueSize: PIECE,
      maxEntries: 1,
      mmapable: true,
    } as const;
    this.#map = BpfMap.create(spec);
    try {
      const program = { name: 'read_kernel', type: 'raw_tracepoint', instructions: INSTRUCTIONS } as const;
      this.#program = Program.loadSync(program, new Map([[WINDOW, this.#map]]));
      this.#bytes = this.#map.mmap();
    } catch (error) {
      this.#map.close();
      throw error;
    }
  }

  read(address: bigint, length: number): Buffer | undefined {
    const bytes = Buffer.alloc(length);
    for (let done = 0; done < length; done += PIECE) {
      const size = Math.min(PIECE, length - done);
      const ctx = new Uint8Array(BigUint64Array.of(address + BigInt(done), BigInt(size)).buffer);
      if (this.#program.testRun({ ctx }).retval !== 0) return undefined;
      bytes.set(this.#bytes.subarray(0, size), done);
    }
    return bytes;
  }

  close(): void {
    this.#program.close();
    this.#map.close();
  }
}

export interface MemoryRange {
  readonly address: bigint;
  readonly length: number;
}

function openWindow(): KernelWindow | undefined {
  try {
    return new KernelWindow();
  } catch (error) {
    if (error instanceof BpfError) return undefined;
    throw error;
  }
}

/** Bytes at addresses of the kernel: Linux 5.10. undefined for what cannot be read, and for all without the rights to. */
export function readKernelMemory(ranges: readonly MemoryRange[]): readonly (Buffer | undefined)[] {
  const window = openWindow();
  try {
    return ranges.map(({ address, length }) => window?.read(address, length));
  } finally {
    window?.close();
  }
}
