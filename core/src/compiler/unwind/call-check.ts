import { isEqual } from '../branchless.js';
import type { Code } from '../code.js';
import { imm, type V } from '../ir/ir.js';

const NEAR_CALL = 0xe8;
const GROUP_5 = 0xff;
/** In the byte after `GROUP_5`, the bits that make it a call, and their value. */
const OPERATION = 0x38;
const CALL = 0x10;
/** Bytes an indirect call takes from its opcode on: without an address, with a byte of it, with four; each once more by a second address byte. */
const LENGTHS = [2, 3, 4, 6, 7] as const;

/** Not 0 if eight bytes of code, the last one uppermost, may end in a call. */
export function endsInCall(code: Code, bytes: V): V {
  return code.unit.input.arch === 'x64' ? endsInCallX64(code, bytes) : endsInCallArm64(code, bytes);
}

/** bl, and blr with or without a signed address. */
function endsInCallArm64(code: Code, bytes: V): V {
  const { b } = code;
  const instruction = b.alu('rsh', bytes, imm(32));
  const is = (mask: number, value: number) => isEqual(code, b.alu('and', instruction, imm(mask)), imm(value));
  return b.alu('or', is(0xfc00_0000, 0x9400_0000), is(0xfeff_f000, 0xd63f_0000));
}

function endsInCallX64(code: Code, bytes: V): V {
  const { b } = code;
  const byte = (fromEnd: number) => b.alu('and', b.alu('rsh', bytes, imm(64 - 8 * fromEnd)), imm(0xff));
  const found = isEqual(code, byte(5), imm(NEAR_CALL));
  for (const length of LENGTHS) {
    const operation = b.alu('and', byte(length - 1), imm(OPERATION));
    const indirect = b.alu(
      'and',
      isEqual(code, byte(length), imm(GROUP_5)),
      isEqual(code, operation, imm(CALL)),
    );
    b.update('or', found, indirect);
  }
  return found;
}
