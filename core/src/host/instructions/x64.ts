import { decodeEach } from './iced.js';
import type { Instruction, InstructionKind } from './instruction.js';

/** iced's FlowControl, by number. */
const KINDS: readonly InstructionKind[] = [
  'other',
  'jump',
  'jump',
  'branch',
  'return',
  'call',
  'call',
  'other',
  'other',
  'other',
];
const DIRECT: ReadonlySet<number> = new Set([1, 3, 5]);

/** The instructions that bytes of code at an address are, one after the other. */
export function decodeX64(code: Uint8Array, address: number): Instruction[] {
  const found: Instruction[] = [];
  decodeEach(code, address, (decoded, at) => {
    const { length, isInvalid, flowControl } = decoded;
    const direct = DIRECT.has(flowControl) && !isInvalid;
    found.push({
      address: at,
      length,
      kind: isInvalid ? 'invalid' : (KINDS[flowControl] ?? 'other'),
      ...(direct && { target: Number(decoded.nearBranchTarget) }),
    });
  });
  return found;
}

const LEGACY_PREFIXES: ReadonlySet<number> = new Set([0x66, 0xf2, 0xf3, 0x64, 0x65]);
/** Segment prefixes of old and lock: the kernel executes no copy of such an instruction. */
const REFUSED_PREFIXES: Readonly<Record<number, string>> = {
  38: 'a segment prefix',
  46: 'a segment prefix',
  54: 'a segment prefix',
  62: 'a segment prefix',
  98: 'an EVEX prefix',
  196: 'a VEX prefix',
  197: 'a VEX prefix',
  240: 'a lock prefix',
};
const BREAKPOINT = 0xcc;

/**
 * Why the kernel will not probe an instruction, as far as its first bytes tell. It takes some with a VEX prefix for others
 * of the same opcode and would change what they do.
 */
export function refusalX64(code: Uint8Array): string | undefined {
  for (const byte of code) {
    const refused = REFUSED_PREFIXES[byte];
    if (refused !== undefined) return `its instruction has ${refused}`;
    if (byte === BREAKPOINT) return 'its instruction is a breakpoint';
    if (!LEGACY_PREFIXES.has(byte)) return undefined;
  }
  return undefined;
}

const ENDBR64 = 0xfa1e0ff3;
const ENDBR_LENGTH = 4;

/** Whether some jump in the code leads to the place behind its first instruction; at worst a number looks like one. */
function mayLoopTo(code: Buffer, place: number): boolean {
  for (let at = place; at + 1 < code.length; at++) {
    const opcode = code[at] as number;
    const short = opcode === 0xeb || opcode >> 4 === 7;
    if (short && at + 2 + code.readInt8(at + 1) === place) return true;
    const near = opcode === 0xe9 || (opcode === 0x0f && (code[at + 1] as number) >> 4 === 8);
    const operand = opcode === 0x0f ? at + 2 : at + 1;
    if (near && operand + 4 <= code.length && operand + 4 + code.readInt32LE(operand) === place) return true;
  }
  return false;
}

/**
 * Bytes from a function's start to where its entry is probed. Nothing happens in `endbr64`, and the instruction behind it is
 * as a rule one that the kernel carries out itself, which costs a tenth of stepping through a copy.
 */
export function entryOffsetX64(code: Buffer): number {
  const marked = code.length > ENDBR_LENGTH && code.readUInt32LE(0) === ENDBR64;
  return marked && !mayLoopTo(code, ENDBR_LENGTH) ? ENDBR_LENGTH : 0;
}
