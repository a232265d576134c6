import type { Instruction, InstructionKind } from './instruction.js';

const LENGTH = 4;

interface Pattern {
  readonly mask: number;
  readonly value: number;
  readonly kind: InstructionKind;
  /** Bits of the distance, counted in instructions, and where they start. */
  readonly distance?: { readonly bits: number; readonly shift: number };
}

const PATTERNS: readonly Pattern[] = [
  // RET, RETAA, RETAB
  { mask: 0xfffffc1f, value: 0xd65f0000, kind: 'return' },
  { mask: 0xfffffbff, value: 0xd65f0bff, kind: 'return' },
  // B, BL
  { mask: 0xfc000000, value: 0x14000000, kind: 'jump', distance: { bits: 26, shift: 0 } },
  { mask: 0xfc000000, value: 0x94000000, kind: 'call', distance: { bits: 26, shift: 0 } },
  // B.cond, CBZ and CBNZ, TBZ and TBNZ
  { mask: 0xff000000, value: 0x54000000, kind: 'branch', distance: { bits: 19, shift: 5 } },
  { mask: 0x7e000000, value: 0x34000000, kind: 'branch', distance: { bits: 19, shift: 5 } },
  { mask: 0x7e000000, value: 0x36000000, kind: 'branch', distance: { bits: 14, shift: 5 } },
  // BR and BLR with their authenticating forms
  { mask: 0xfefff000, value: 0xd61f0000, kind: 'jump' },
  { mask: 0xfefff000, value: 0xd63f0000, kind: 'call' },
];

/** The instructions that bytes of code at an address are. */
export function decodeArm64(code: Buffer, address: number): Instruction[] {
  const found: Instruction[] = [];
  for (let at = 0; at + LENGTH <= code.length; at += LENGTH) {
    const word = code.readUInt32LE(at);
    const pattern = PATTERNS.find(({ mask, value }) => (word & mask) >>> 0 === value);
    const place = { address: address + at, length: LENGTH };
    if (pattern?.distance === undefined) found.push({ ...place, kind: pattern?.kind ?? 'other' });
    else {
      const { bits, shift } = pattern.distance;
      const words = (word << (32 - bits - shift)) >> (32 - bits);
      found.push({ ...place, kind: pattern.kind, target: address + at + words * LENGTH });
    }
  }
  return found;
}

/** Exclusive loads and stores: between them, no probe lets the pair ever succeed. */
const isExclusive = (word: number): boolean =>
  (word & 0x3f000000) >>> 0 === 0x08000000 && (word & 0x00800000) === 0;
const isBreakpoint = (word: number): boolean => (word & 0xffe0001f) >>> 0 === 0xd4200000;

/** Why the kernel will not probe an instruction. */
export function refusalArm64(code: Buffer): string | undefined {
  const word = code.length < LENGTH ? 0 : code.readUInt32LE(0);
  if (isExclusive(word)) return 'its instruction is half of an exclusive access';
  return isBreakpoint(word) ? 'its instruction is a breakpoint' : undefined;
}
