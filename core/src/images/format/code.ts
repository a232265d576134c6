/** Instructions of all programs as bytes: the common ones take a third of what their text would. */
import type { Instruction, Reg } from 'ebpf-napi/asm';
import { ImageError } from '../image-error.js';

/** opcode, registers, kind of the immediate (u8 each), offset (s32), immediate (s64), source (s32). */
const SIZE = 20;
const WIDE = 1;
const NO_SOURCE = -1;

/** What not every instruction has, by its number. */
export interface Extras {
  readonly count: number;
  readonly labels: readonly (readonly [number, string])[];
  readonly references: readonly (readonly [number, NonNullable<Instruction['reference']>])[];
}

/** With its parts in one order, as numbers are counted by it. */
export function canonical({
  opcode,
  dst,
  src,
  offset,
  imm,
  reference,
  label,
  source,
}: Instruction): Instruction {
  return {
    opcode,
    dst,
    src,
    offset,
    imm,
    ...(reference !== undefined && { reference }),
    ...(label !== undefined && { label }),
    ...(source !== undefined && { source }),
  };
}

export function packCode(instructions: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * SIZE);
  for (const [i, { opcode, dst, src, offset, imm, source }] of instructions.entries()) {
    const at = i * SIZE;
    bytes.writeUInt8(opcode, at);
    bytes.writeUInt8(dst, at + 1);
    bytes.writeUInt8(src, at + 2);
    bytes.writeUInt8(typeof imm === 'bigint' ? WIDE : 0, at + 3);
    bytes.writeInt32LE(offset, at + 4);
    bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(imm)), at + 8);
    bytes.writeInt32LE(source ?? NO_SOURCE, at + 16);
  }
  return bytes;
}

export function extrasOf(instructions: readonly Instruction[]): Extras {
  const all = [...instructions.entries()];
  return {
    count: instructions.length,
    labels: all.flatMap(([i, { label }]) => (label === undefined ? [] : [[i, label] as const])),
    references: all.flatMap(([i, { reference }]) =>
      reference === undefined ? [] : [[i, reference] as const],
    ),
  };
}

/** The next program's instructions; `start` counts instructions. */
export function unpackCode(bytes: Uint8Array, start: number, extras: Extras): Instruction[] {
  const code = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if ((start + extras.count) * SIZE > code.length)
    throw new ImageError('the image is damaged: instructions are missing');
  const labels = new Map(extras.labels);
  const references = new Map(extras.references);
  return Array.from({ length: extras.count }, (_, i): Instruction => {
    const at = (start + i) * SIZE;
    const imm = code.readBigInt64LE(at + 8);
    const source = code.readInt32LE(at + 16);
    return canonical({
      opcode: code.readUInt8(at),
      dst: code.readUInt8(at + 1) as Reg,
      src: code.readUInt8(at + 2),
      offset: code.readInt32LE(at + 4),
      imm: code.readUInt8(at + 3) === WIDE ? imm : Number(imm),
      ...(references.has(i) && { reference: references.get(i)! }),
      ...(labels.has(i) && { label: labels.get(i)! }),
      ...(source !== NO_SOURCE && { source }),
    });
  });
}
