import type { Code } from '../code.js';
import { type Imm, imm, type Operand, type V } from '../ir/ir.js';

/** Reads the process's memory where interpreters keep what they know; goes elsewhere where there is none. */
export class UserReading {
  private readonly offset: number;

  constructor(private readonly code: Code) {
    this.offset = code.scratchOffset(8);
  }

  /** A word at an address. */
  read(width: 1 | 4 | 8, address: V, otherwise: string): V {
    const { b, scratchBase } = this.code;
    // Cleared first: what a helper writes does not make the verifier forget what another use left there.
    b.store(8, scratchBase, this.offset, imm(0));
    const to = b.address(scratchBase, this.offset);
    const status = b.helper('bpf_probe_read_user', to, imm(width), address);
    b.branch('!=', status, imm(0), otherwise);
    return b.load(width, scratchBase, this.offset);
  }

  /** Text up to its NUL, in whatever room there is. What cannot be read is empty. */
  text(to: Operand, room: number, address: V | Imm): void {
    this.code.b.helper('bpf_probe_read_user_str', to, imm(room), address);
  }

  /** Bytes as they are. */
  bytes(to: Operand, size: number, address: V | Imm): void {
    this.code.b.helper('bpf_probe_read_user', to, imm(size), address);
  }
}
