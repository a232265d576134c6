import type { Instruction, Reg } from './instruction.js';
import { isTwoSlot } from './layout.js';

export type Endianness = 'little' | 'big';

export const SLOT_BYTES = 8;

/** Writes instructions into code by slot: opcode, registers (dst and src a nibble each), offset, imm. */
export class SlotWriter {
  readonly #view: DataView;
  readonly #little: boolean;

  constructor(code: Uint8Array, endianness: Endianness) {
    this.#view = new DataView(code.buffer, code.byteOffset, code.byteLength);
    this.#little = endianness === 'little';
  }

  put(slot: number, opcode: number, dst: number, src: number, offset: number, imm: number): void {
    const at = slot * SLOT_BYTES;
    this.#view.setUint8(at, opcode);
    this.#view.setUint8(at + 1, this.#little ? (src << 4) | dst : (dst << 4) | src);
    this.#view.setInt16(at + 2, offset, this.#little);
    this.#view.setInt32(at + 4, imm, this.#little);
  }

  /** The two-slot load: the low half of `value` in the first slot, the high half in the second. */
  putWide(slot: number, opcode: number, dst: number, src: number, offset: number, value: bigint): void {
    this.put(slot, opcode, dst, src, offset, Number(BigInt.asIntN(32, value)));
    this.put(slot + 1, 0, 0, 0, 0, Number(BigInt.asIntN(32, value >> 32n)));
  }
}

/** An instruction read back from code. It has no reference or label; jumps keep their distance in `offset`. */
export interface DecodedInstruction {
  readonly slot: number;
  readonly insn: Instruction;
}

/**
 * Reads machine code back. A two-slot load gives one entry whose `imm` is a bigint with both halves.
 * Throws `RangeError` when the code is not whole slots or ends inside a two-slot load.
 */
export function decode(code: Uint8Array, endianness: Endianness = 'little'): DecodedInstruction[] {
  if (code.byteLength % SLOT_BYTES !== 0) {
    throw new RangeError(
      `code of ${code.byteLength} bytes is not a whole number of ${SLOT_BYTES}-byte slots`,
    );
  }
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const little = endianness === 'little';
  const total = code.byteLength / SLOT_BYTES;
  const decoded: DecodedInstruction[] = [];
  for (let slot = 0; slot < total; slot++) {
    const at = slot * SLOT_BYTES;
    const opcode = view.getUint8(at);
    const regs = view.getUint8(at + 1);
    const [low, high] = [regs & 0x0f, regs >> 4];
    const fields = {
      opcode,
      dst: (little ? low : high) as Reg,
      src: little ? high : low,
      offset: view.getInt16(at + 2, little),
    };
    const imm = view.getInt32(at + 4, little);
    if (!isTwoSlot(opcode)) {
      decoded.push({ slot, insn: { ...fields, imm } });
      continue;
    }
    if (slot + 1 >= total) throw new RangeError(`code ends inside the two-slot load at slot ${slot}`);
    const upper = view.getInt32(at + SLOT_BYTES + 4, little);
    decoded.push({
      slot,
      insn: { ...fields, imm: (BigInt(upper) << 32n) | BigInt.asUintN(32, BigInt(imm)) },
    });
    slot++;
  }
  return decoded;
}
