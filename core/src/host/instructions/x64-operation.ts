/** What one instruction will do, as far as its bytes tell: which memory it uses, whether and where it leads elsewhere. */
import { decodeEach, type Iced, iced } from './iced.js';

/** An address that an instruction makes of registers, which are words of `struct pt_regs`. */
export interface AddressOperand {
  readonly base?: number;
  readonly index?: number;
  /** The index is shifted left by so many bits. */
  readonly shift: number;
  /** Where the code itself is, `displacement` counts from the instruction; otherwise it is a plain number. */
  readonly relative: boolean;
  readonly displacement: bigint;
  /** Added to it is what the segment register stands for. */
  readonly segment?: 'fs' | 'gs';
  /** Of its value the lower 32 bits count. */
  readonly narrow: boolean;
}

/** When a jump on condition is taken. */
export interface BranchCondition {
  /** The condition that the processor numbers so (its tttn field); absent: the flags do not matter. */
  readonly flags?: number;
  /** rcx matters as well: `zero`, the jump is taken when it is 0; `count`, when it is not after counting down. */
  readonly counter?: 'zero' | 'count';
  readonly narrowCounter: boolean;
}

export interface Operation {
  readonly length: number;
  /** Memory that is read or written: its operand's, or the top of the stack. Of `lea` the address that it makes. */
  readonly memory?: AddressOperand;
  /** Bytes of that memory, 0 where they vary. */
  readonly size: number;
  /** Always taken, on a condition, or absent: it leads nowhere but to the next one. */
  readonly branch?: 'always' | BranchCondition;
  /** Where the branch leads: to an address, or to what the memory holds. Absent where it cannot be told. */
  readonly target?: 'memory' | AddressOperand;
}

/** Registers by name as words of `struct pt_regs`. */
const WORDS = 'R15 R14 R13 R12 RBP RBX R11 R10 R9 R8 RAX RCX RDX RSI RDI'.split(' ');
const STACK_POINTER = 19;
const FRAME_POINTER = WORDS.indexOf('RBP');
const SOURCE = WORDS.indexOf('RSI');
const DESTINATION = WORDS.indexOf('RDI');

const NARROW = /^(E[A-Z]{2}|R\d+D)$/;

/** undefined: no register, or none that an address can be told from. */
function wordOf(name: string): number | undefined {
  const wide = NARROW.test(name) ? name.replace(/^E/, 'R').replace(/D$/, '') : name;
  if (wide === 'RSP') return STACK_POINTER;
  const word = WORDS.indexOf(wide);
  return word < 0 ? undefined : word;
}

const plain = (base: number, displacement = 0n): AddressOperand => ({
  base,
  shift: 0,
  relative: false,
  displacement,
  narrow: false,
});

const signed = (value: bigint): bigint => BigInt.asIntN(64, value);

function explicitOperand(instruction: Iced.Instruction, address: number): AddressOperand | undefined {
  const { Register } = iced();
  const [base, index] = [Register[instruction.memoryBase], Register[instruction.memoryIndex]] as [
    string,
    string,
  ];
  const relative = instruction.isIpRelMemoryOperand;
  const [baseWord, indexWord] = [wordOf(base), wordOf(index)];
  const isKnown = (name: string, word: number | undefined) => name === 'None' || word !== undefined;
  // An index of many values is none, and neither is half a register.
  if (!isKnown(index, indexWord) || !(relative || isKnown(base, baseWord))) return undefined;
  const segment = (Register[instruction.segmentPrefix] as string).toLowerCase();
  return {
    ...(baseWord !== undefined && { base: baseWord }),
    ...(indexWord !== undefined && { index: indexWord }),
    shift: Math.log2(instruction.memoryIndexScale),
    relative,
    displacement: relative
      ? signed(instruction.ipRelMemoryAddress) - BigInt(address)
      : signed(instruction.memoryDisplacement),
    ...((segment === 'fs' || segment === 'gs') && { segment }),
    narrow: NARROW.test(base) || NARROW.test(index),
  };
}

/** The top of the stack as push, call, pop and ret have it. */
function stackOperand(instruction: Iced.Instruction): AddressOperand | undefined {
  const { Mnemonic } = iced();
  if (instruction.mnemonic === Mnemonic.Leave) return plain(FRAME_POINTER);
  const moved = instruction.stackPointerIncrement;
  if (moved === 0) return undefined;
  return plain(STACK_POINTER, moved < 0 ? BigInt(moved) : 0n);
}

const WORD = 8;

function memoryOf(
  instruction: Iced.Instruction,
  address: number,
): Pick<Operation, 'memory' | 'size'> | undefined {
  const { OpKind, MemorySizeExt, Mnemonic, FlowControl } = iced();
  if (instruction.mnemonic === Mnemonic.Nop || instruction.mnemonic === Mnemonic.Reservednop)
    return undefined;
  for (let i = 0; i < instruction.opCount; i++) {
    const kind = instruction.opKind(i);
    const name = OpKind[kind] as string;
    if (!name.startsWith('Memory')) continue;
    const size = MemorySizeExt.size(instruction.memorySize);
    const memory =
      kind === OpKind.Memory
        ? explicitOperand(instruction, address)
        : plain(name.endsWith('SI') ? SOURCE : DESTINATION);
    return memory && { memory, size };
  }
  // What calls leave on the stack is their affair.
  if (instruction.flowControl === FlowControl.Call || instruction.flowControl === FlowControl.IndirectCall)
    return undefined;
  const memory = stackOperand(instruction);
  return memory && { memory, size: Math.min(WORD, Math.abs(instruction.stackPointerIncrement) || WORD) };
}

function conditionOf(instruction: Iced.Instruction): BranchCondition {
  const { Code, ConditionCode } = iced();
  const counter = instruction.isJcxShort
    ? 'zero'
    : instruction.isLoop || instruction.isLoopcc
      ? 'count'
      : undefined;
  const code = instruction.conditionCode;
  return {
    // The numbers of ConditionCode are the processor's, behind that of none.
    ...(code !== ConditionCode.None && { flags: code - 1 }),
    ...(counter !== undefined && { counter }),
    narrowCounter: counter !== undefined && /ecx/i.test(Code[instruction.code] as string),
  };
}

function indirectTarget(instruction: Iced.Instruction): Operation['target'] {
  const { OpKind, Register } = iced();
  if (instruction.op0Kind !== OpKind.Register) return 'memory';
  const word = wordOf(Register[instruction.op0Register] as string);
  return word === undefined ? undefined : plain(word);
}

function branchOf(
  instruction: Iced.Instruction,
  address: number,
): Pick<Operation, 'branch' | 'target'> | undefined {
  const { FlowControl, Mnemonic } = iced();
  const direct = (): AddressOperand => ({
    shift: 0,
    relative: true,
    displacement: signed(instruction.nearBranchTarget) - BigInt(address),
    narrow: false,
  });
  const indirect = () => {
    const far = instruction.isJmpFarIndirect || instruction.isCallFarIndirect;
    const target = far ? undefined : indirectTarget(instruction);
    return { branch: 'always' as const, ...(target !== undefined && { target }) };
  };
  switch (instruction.flowControl) {
    case FlowControl.ConditionalBranch:
      return { branch: conditionOf(instruction), target: direct() };
    case FlowControl.UnconditionalBranch:
      return { branch: 'always', target: direct() };
    case FlowControl.Call:
      // To iced, system calls are calls as well.
      return instruction.mnemonic === Mnemonic.Call ? { branch: 'always', target: direct() } : undefined;
    case FlowControl.IndirectBranch:
    case FlowControl.IndirectCall:
      return indirect();
    case FlowControl.Return:
      return instruction.stackPointerIncrement > 0 ? { branch: 'always', target: 'memory' } : undefined;
    default:
      return undefined;
  }
}

/** The first instruction of bytes at an address. */
export function operationX64(code: Uint8Array, address: number): Operation {
  let found: Operation | undefined;
  decodeEach(code, address, (instruction, at) => {
    found ??= {
      length: instruction.length,
      size: 0,
      ...memoryOf(instruction, at),
      ...branchOf(instruction, at),
    };
  });
  return found ?? { length: 0, size: 0 };
}

/** The first instruction of bytes at an address as text, in the syntax of GNU tools. */
export function textX64(code: Uint8Array, address: number): string {
  const { Formatter, FormatterSyntax } = iced();
  const formatter = new Formatter(FormatterSyntax.Gas);
  formatter.uppercaseHex = false;
  try {
    let text: string | undefined;
    decodeEach(code, address, (instruction) => {
      text ??= formatter.format(instruction);
    });
    return text ?? '';
  } finally {
    formatter.free();
  }
}
