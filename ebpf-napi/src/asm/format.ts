import { helperName } from './helpers.js';
import type { Instruction } from './instruction.js';
import {
  ALU,
  type AluOp,
  ATOMIC,
  CALL,
  Class,
  END,
  EXIT,
  FETCH,
  JA,
  JA_LONG,
  JUMP,
  LD_IMM64,
  MAY_GOTO,
  Mode,
  NEG,
  PseudoCall,
  PseudoLoad,
  SOURCE_REG,
  WIDTH_OF_SIZE,
} from './opcodes.js';

/** Text of one instruction, or undefined for an encoding that this class does not have. */
type Format = (insn: Instruction) => string | undefined;

const ALU_BY_CODE = new Map<string, AluOp>(Object.values(ALU).map((op) => [`${op.code}/${op.offset}`, op]));
const JUMP_BY_CODE = new Map<number, string>(Object.values(JUMP).map((op) => [op.code, op.symbol]));
const ATOMIC_SYMBOL = new Map<number, string>([
  [ATOMIC.add, '+='],
  [ATOMIC.or, '|='],
  [ATOMIC.and, '&='],
  [ATOMIC.xor, '^='],
]);
const ATOMIC_FETCH = new Map<number, string>([
  [ATOMIC.add | FETCH, 'fetch_add'],
  [ATOMIC.or | FETCH, 'fetch_or'],
  [ATOMIC.and | FETCH, 'fetch_and'],
  [ATOMIC.xor | FETCH, 'fetch_xor'],
  [ATOMIC.xchg, 'xchg'],
]);

const signed = (n: number): string => (n < 0 ? `${n}` : `+${n}`);
const hex = (n: number | bigint): string =>
  `0x${(typeof n === 'bigint' ? BigInt.asUintN(64, n) : n >>> 0).toString(16)}`;
const bitsOf = (opcode: number): number => WIDTH_OF_SIZE[(opcode >> 3) & 3]! * 8;
const memory = (reg: string, { opcode, offset }: Instruction, sign = 'u'): string =>
  `(${sign}${bitsOf(opcode)} *)(${reg} ${signed(offset)})`;

/** A jump's goal: the label where there still is one, else the distance. */
const goal = ({ reference }: Instruction, distance: number): string =>
  reference === undefined ? signed(distance) : reference.name;

function formatAlu(insn: Instruction): string | undefined {
  const { opcode, dst, src, offset, imm } = insn;
  const wide = (opcode & 0x07) === Class.alu64;
  const bank = wide ? 'r' : 'w';
  const code = opcode & 0xf0;
  const fromReg = (opcode & SOURCE_REG) !== 0;
  if (code === NEG) return `${bank}${dst} = -${bank}${dst}`;
  if (code === END) {
    const order = wide ? 'bswap' : fromReg ? 'be' : 'le';
    return `r${dst} = ${order}${imm} r${dst}`;
  }
  if (code === ALU.mov.code && fromReg && offset !== 0) {
    if (offset === 1)
      return `r${dst} = addr_space_cast(r${src}, ${Number(imm) >>> 16}, ${Number(imm) & 0xffff})`;
    return `${bank}${dst} = (s${offset})${bank}${src}`;
  }
  const op = ALU_BY_CODE.get(`${code}/${offset}`);
  return op && `${bank}${dst} ${op.symbol} ${fromReg ? `${bank}${src}` : imm}`;
}

function formatCall(insn: Instruction): string {
  const { src, imm, reference } = insn;
  if (src === PseudoCall.sub) return `call ${reference?.name ?? `pc${signed(Number(imm))}`}`;
  if (src === PseudoCall.kfunc) return `call ${reference?.name ?? 'kernel-function'}#${imm}`;
  return `call ${helperName(Number(imm)) ?? 'unknown'}#${imm}`;
}

function formatJump(insn: Instruction): string | undefined {
  const { opcode, dst, src, offset, imm } = insn;
  if (opcode === CALL) return formatCall(insn);
  if (opcode === EXIT) return 'exit';
  if (opcode === JA) return `goto ${goal(insn, offset)}`;
  if (opcode === JA_LONG) return `gotol ${goal(insn, Number(imm))}`;
  if (opcode === MAY_GOTO) return `may_goto ${goal(insn, offset)}`;
  const symbol = JUMP_BY_CODE.get(opcode & 0xf0);
  const bank = (opcode & 0x07) === Class.jmp ? 'r' : 'w';
  const right = (opcode & SOURCE_REG) !== 0 ? `${bank}${src}` : hex(imm);
  return symbol && `if ${bank}${dst} ${symbol} ${right} goto ${goal(insn, offset)}`;
}

function formatAtomic(insn: Instruction): string | undefined {
  const { opcode, dst, src, imm } = insn;
  const place = memory(`r${dst}`, insn);
  const name = `atomic${bitsOf(opcode) === 64 ? '64' : ''}_`;
  const symbol = ATOMIC_SYMBOL.get(Number(imm));
  if (symbol !== undefined) return `lock *${place} ${symbol} r${src}`;
  if (imm === ATOMIC.cmpxchg) return `r0 = ${name}cmpxchg(${place}, r0, r${src})`;
  const fetch = ATOMIC_FETCH.get(Number(imm));
  return fetch && `r${src} = ${name}${fetch}(${place}, r${src})`;
}

function formatStx(insn: Instruction): string | undefined {
  const mode = insn.opcode & 0xe0;
  if (mode === Mode.atomic) return formatAtomic(insn);
  return mode === Mode.mem ? `*${memory(`r${insn.dst}`, insn)} = r${insn.src}` : undefined;
}

function formatLdx(insn: Instruction): string | undefined {
  const mode = insn.opcode & 0xe0;
  if (mode !== Mode.mem && mode !== Mode.memsx) return undefined;
  return `r${insn.dst} = *${memory(`r${insn.src}`, insn, mode === Mode.mem ? 'u' : 's')}`;
}

/** What the two-slot load means, by its `src`. `low` and `high` are its two immediates. */
const WIDE: Readonly<Record<number, (name: string | undefined, low: number, high: number) => string>> = {
  [PseudoLoad.mapFd]: (name, fd) => `map[${name ?? `fd:${fd}`}]`,
  [PseudoLoad.mapValue]: (name, fd, offset) => `map[${name ?? `fd:${fd}`}][0]+${offset}`,
  [PseudoLoad.btfId]: (_, id) => `btf_id[${id}]`,
  [PseudoLoad.func]: (name, distance) => `func[${name ?? `pc${signed(distance)}`}]`,
  [PseudoLoad.mapIdx]: (_, index) => `map[idx:${index}]`,
  [PseudoLoad.mapIdxValue]: (_, index, offset) => `map[idx:${index}][0]+${offset}`,
};

function formatLd(insn: Instruction): string | undefined {
  const { opcode, dst, src, imm, reference } = insn;
  const mode = opcode & 0xe0;
  if (mode === Mode.abs) return `r0 = *(u${bitsOf(opcode)} *)skb[${imm}]`;
  if (mode === Mode.ind) return `r0 = *(u${bitsOf(opcode)} *)skb[r${src} + ${imm}]`;
  if (opcode !== LD_IMM64) return undefined;
  const value = BigInt(imm);
  const high =
    reference?.kind === 'map' ? (reference.valueOffset ?? 0) : Number(BigInt.asUintN(32, value >> 32n));
  const text = WIDE[src]?.(reference?.name, Number(BigInt.asIntN(32, value)), high);
  return `r${dst} = ${text ?? hex(value)}`;
}

const BY_CLASS: Readonly<Record<number, Format>> = {
  [Class.ld]: formatLd,
  [Class.ldx]: formatLdx,
  [Class.st]: (insn) =>
    (insn.opcode & 0xe0) === Mode.mem ? `*${memory(`r${insn.dst}`, insn)} = ${insn.imm}` : undefined,
  [Class.stx]: formatStx,
  [Class.alu]: formatAlu,
  [Class.jmp]: formatJump,
  [Class.jmp32]: formatJump,
  [Class.alu64]: formatAlu,
};

/**
 * Text of one instruction in the kernel verifier's syntax. A label, map or function that is still a reference
 * is shown by name; an encoding that does not exist as `.insn` with its fields. Never throws.
 */
export function formatInstruction(insn: Instruction): string {
  const { opcode, dst, src, offset, imm } = insn;
  return BY_CLASS[opcode & 0x07]?.(insn) ?? `.insn ${hex(opcode)} ${dst} ${src} ${offset} ${imm}`;
}
