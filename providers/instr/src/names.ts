/** Names of probes: the class of an instruction, or its mnemonic, and how far into its function it is. */
import { type ClassifiedInstruction, classifyX64, isPattern, nameMatcher } from '@dtrace/core/provider';

/** An instruction with the name that a description knows it by. */
export interface NamedInstruction {
  readonly name: string;
  /** Bytes from the start of the function. */
  readonly offset: number;
  readonly length: number;
}

/** What code that is looked through for one description may come to, in bytes: some seconds of work. */
export const MOST_CODE = 4 * 1024 * 1024;

/** The class comes first: `*-1f` is `jcc-1f`, and `je-1f` for who asks for that. */
export function nameFinder(pattern: string): (instruction: ClassifiedInstruction) => string | undefined {
  const matches = nameMatcher(pattern);
  return ({ class: kind, mnemonic, address }) => {
    if (kind === undefined) return undefined;
    const offset = address.toString(16);
    const name = `${kind}-${offset}`;
    if (matches(name)) return name;
    const finer = `${mnemonic}-${offset}`;
    return matches(finer) ? finer : undefined;
  };
}

/** Those of a function's instructions that a description means. */
export function* namedInstructions(
  code: Buffer,
  find: ReturnType<typeof nameFinder>,
): Generator<NamedInstruction> {
  for (const instruction of classifyX64(code, 0)) {
    const name = find(instruction);
    if (name !== undefined) yield { name, offset: instruction.address, length: instruction.length };
  }
}

/** Between functions there are bytes that nobody executes: breakpoints and instructions that do nothing. */
export function withoutPadding(code: Buffer): Buffer {
  const instructions = classifyX64(code, 0);
  const last = instructions.findLast(({ class: kind, mnemonic }) => kind !== 'nop' && mnemonic !== 'int3');
  return last === undefined ? code : code.subarray(0, last.address + last.length);
}

/** Why a description of instructions matches none of a function that is there. */
export function noInstruction({ function: func, name }: { function: string; name: string }): string {
  const where = isPattern(func) ? `functions that match ${func}` : func;
  return `no instruction of ${where} that can be probed is called ${name} (a class or a mnemonic, and the hexadecimal offset: call-1c)`;
}

export const tooMuchCode = (bytes: number): string =>
  `it means ${Math.ceil(bytes / 2 ** 20)} MiB of code, and ${MOST_CODE / 2 ** 20} are the limit: name fewer functions`;
