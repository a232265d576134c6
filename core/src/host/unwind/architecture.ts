/** What unwinding asks of a machine. DWARF numbers registers its own way; programs find them in pt_regs. */
export interface UnwindArchitecture {
  /** DWARF numbers. */
  readonly stackPointer: number;
  readonly framePointer: number;
  readonly returnAddress: number;
  /** DWARF number → word of struct pt_regs. */
  readonly words: readonly number[];
}

const E_X86_64 = 62;
const E_AARCH64 = 183;

const x64: UnwindArchitecture = {
  stackPointer: 7,
  framePointer: 6,
  returnAddress: 16,
  // rax rdx rcx rbx rsi rdi rbp rsp r8 … r15, and the address
  words: [10, 12, 11, 5, 13, 14, 4, 19, 9, 8, 7, 6, 3, 2, 1, 0, 16],
};

const arm64: UnwindArchitecture = {
  stackPointer: 31,
  framePointer: 29,
  returnAddress: 30,
  words: Array.from({ length: 32 }, (_, word) => word),
};

/** By `e_machine`. */
export const unwindArchitectures: ReadonlyMap<number, UnwindArchitecture> = new Map([
  [E_X86_64, x64],
  [E_AARCH64, arm64],
]);
