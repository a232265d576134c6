import type { Instruction, Reg, Width } from './instruction.js';
import { Class, LD_IMM64, Mode, PseudoLoad, SIZE_BITS } from './opcodes.js';
import { bits32, int16, int32 } from './range.js';

/** `dst = *(width *)(src + offset)`, zero-extended. */
export function load(width: Width, dst: Reg, src: Reg, offset: number): Instruction {
  return {
    opcode: Class.ldx | Mode.mem | SIZE_BITS[width],
    dst,
    src,
    offset: int16(offset, 'offset'),
    imm: 0,
  };
}

/** `dst = *(width *)(src + offset)`, sign-extended to 64 bits (cpu v4, Linux 6.6). */
export function loadSigned(width: 1 | 2 | 4, dst: Reg, src: Reg, offset: number): Instruction {
  return {
    opcode: Class.ldx | Mode.memsx | SIZE_BITS[width],
    dst,
    src,
    offset: int16(offset, 'offset'),
    imm: 0,
  };
}

/** `*(width *)(dst + offset) = src`. */
export function store(width: Width, dst: Reg, offset: number, src: Reg): Instruction {
  return {
    opcode: Class.stx | Mode.mem | SIZE_BITS[width],
    dst,
    src,
    offset: int16(offset, 'offset'),
    imm: 0,
  };
}

/** `*(width *)(dst + offset) = value`; a width of 8 stores the sign-extended value. */
export function storeImm(width: Width, dst: Reg, offset: number, value: number): Instruction {
  const imm = width === 8 ? int32(value, 'immediate') : bits32(value, 'immediate');
  return {
    opcode: Class.st | Mode.mem | SIZE_BITS[width],
    dst,
    src: 0,
    offset: int16(offset, 'offset'),
    imm,
  };
}

/** `dst = value`, any 64-bit value in its signed or unsigned spelling; two slots. */
export function loadImm64(dst: Reg, value: bigint): Instruction {
  if (value < -(1n << 63n) || value >= 1n << 64n) throw new RangeError(`immediate ${value} exceeds 64 bits`);
  return { opcode: LD_IMM64, dst, src: PseudoLoad.none, offset: 0, imm: value };
}

/** `dst` = the map called `name`, as helpers take it; two slots. */
export function loadMap(dst: Reg, name: string): Instruction {
  return {
    opcode: LD_IMM64,
    dst,
    src: PseudoLoad.mapFd,
    offset: 0,
    imm: 0n,
    reference: { kind: 'map', name },
  };
}

/** `dst` = address of byte `offset` in the first value of the array map called `name`; two slots. */
export function loadMapValue(dst: Reg, name: string, offset: number): Instruction {
  const valueOffset = bits32(offset, 'value offset');
  return {
    opcode: LD_IMM64,
    dst,
    src: PseudoLoad.mapValue,
    offset: 0,
    imm: 0n,
    reference: { kind: 'map', name, valueOffset },
  };
}

/** `dst` = address of the static subprogram at `label`, for helpers that take a callback; two slots. */
export function loadFunc(dst: Reg, label: string): Instruction {
  return {
    opcode: LD_IMM64,
    dst,
    src: PseudoLoad.func,
    offset: 0,
    imm: 0n,
    reference: { kind: 'func', name: label },
  };
}
