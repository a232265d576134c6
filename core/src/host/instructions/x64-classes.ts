/** What kind of instruction it is, in one word: the classes that probes on single instructions are named by. */
import { decodeEach, type Iced, iced } from './iced.js';

/** What each class holds; of several that fit, the first in `classOf`. */
export type InstructionClass =
  | 'jcc'
  | 'jmp'
  | 'call'
  | 'ret'
  | 'syscall'
  | 'trap'
  | 'lock'
  | 'string'
  | 'push'
  | 'pop'
  | 'lea'
  | 'load'
  | 'store'
  | 'mov'
  | 'cmp'
  | 'alu'
  | 'nop'
  | 'fp'
  | 'simd'
  | 'other';

export interface ClassifiedInstruction {
  readonly address: number;
  readonly length: number;
  /** undefined: the bytes are no instruction. */
  readonly class: InstructionClass | undefined;
  /** In lower case, as Intel's manual spells it. */
  readonly mnemonic: string;
}

/** A class, or what operands decide. */
type CodeClass = InstructionClass | 'move' | 'exchange';

const NAMED: Readonly<Partial<Record<CodeClass, string>>> = {
  syscall: 'syscall sysenter sysexit sysret sysexitq sysretq int vmcall vmmcall vmgexit',
  trap: 'int1 int3 into ud0 ud1 ud2',
  push: 'push pushf pushfq enter',
  pop: 'pop popf popfq leave',
  lea: 'lea',
  move: 'mov movzx movsx movsxd movbe movnti cbw cdq cdqe cqo cwd cwde lahf sahf',
  load: 'xlatb',
  exchange: 'xchg',
  cmp: 'cmp test bt',
  alu:
    'add sub adc sbb and or xor not neg inc dec mul imul div idiv shl sal shr sar rol ror rcl rcr shld shrd bts btr btc ' +
    'bsf bsr tzcnt lzcnt popcnt andn bextr blsi blsr blsmsk bzhi mulx pdep pext rorx sarx shlx shrx adcx adox cmpxchg ' +
    'cmpxchg8b cmpxchg16b xadd crc32 bswap stc clc cmc',
  nop: 'nop reservednop fnop endbr64 endbr32 pause prefetchnta prefetcht0 prefetcht1 prefetcht2 prefetchw prefetch',
  fp: 'wait emms femms',
  simd: 'ldmxcsr stmxcsr vldmxcsr vstmxcsr vzeroupper vzeroall',
  other: 'fxsave fxsave64 fxrstor fxrstor64',
};

const byName = new Map(
  Object.entries(NAMED).flatMap(([name, words]) =>
    words.split(' ').map((word) => [word, name as CodeClass] as const),
  ),
);

/** By iced's FlowControl: jumps, returns, calls, traps. */
const BY_FLOW: Readonly<Record<number, InstructionClass>> = {
  1: 'jmp',
  2: 'jmp',
  3: 'jcc',
  4: 'ret',
  5: 'call',
  6: 'call',
  7: 'trap',
  9: 'trap',
};

const VECTOR_OPERAND = /^([xyzt]?mm|k_|kp1|mem_vsib)/;
const CONDITIONAL_MOVE = /^(cmov|set(?!ssbsy))/;

function usesVectors(instruction: Iced.Instruction): boolean {
  const info = instruction.opCode;
  try {
    const kinds = iced().OpCodeOperandKind;
    for (let i = 0; i < info.opCount; i++) {
      if (VECTOR_OPERAND.test(kinds[info.opKind(i)] as string)) return true;
    }
    return false;
  } finally {
    info.free();
  }
}

function codeClass(instruction: Iced.Instruction, mnemonic: string): CodeClass {
  const named = byName.get(mnemonic);
  if (named !== undefined) return named;
  const flow = BY_FLOW[instruction.flowControl];
  if (flow !== undefined) return flow;
  if (instruction.isStringInstruction) return 'string';
  if (CONDITIONAL_MOVE.test(mnemonic)) return 'move';
  if (usesVectors(instruction)) return 'simd';
  return mnemonic.startsWith('f') ? 'fp' : 'other';
}

interface CodeFacts {
  readonly class: CodeClass;
  readonly mnemonic: string;
}

/** By iced's Code: an opcode with the form of its operands. */
const known = new Map<number, CodeFacts>();

function factsOf(instruction: Iced.Instruction, code: number): CodeFacts {
  let facts = known.get(code);
  if (facts === undefined) {
    const mnemonic = (iced().Mnemonic[instruction.mnemonic] as string).toLowerCase();
    facts = { class: codeClass(instruction, mnemonic), mnemonic };
    known.set(code, facts);
  }
  return facts;
}

function movesBetween(instruction: Iced.Instruction): InstructionClass {
  const { Memory } = iced().OpKind;
  if (instruction.op0Kind === Memory) return 'store';
  return instruction.op1Kind === Memory ? 'load' : 'mov';
}

/** A lock comes first: it is what the instruction costs. An exchange with memory locks by itself. */
function classOf(instruction: Iced.Instruction, facts: CodeFacts): InstructionClass {
  if (instruction.hasLockPrefix) return 'lock';
  if (facts.class === 'move') return movesBetween(instruction);
  if (facts.class === 'exchange') return movesBetween(instruction) === 'mov' ? 'mov' : 'lock';
  return facts.class;
}

/** As `decodeInstructions`, with classes in place of what matters to the flow of control. */
export function classifyX64(code: Uint8Array, address: number): ClassifiedInstruction[] {
  const found: ClassifiedInstruction[] = [];
  decodeEach(code, address, (instruction, at) => {
    const { length, code: number } = instruction;
    if (number === 0) {
      found.push({ address: at, length, class: undefined, mnemonic: '' });
      return;
    }
    const facts = factsOf(instruction, number);
    found.push({ address: at, length, class: classOf(instruction, facts), mnemonic: facts.mnemonic });
  });
  return found;
}
