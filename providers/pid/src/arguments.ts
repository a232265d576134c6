import type { CodeFile, Host, ProbeArguments } from '@dtrace/core/provider';

/**
 * Where functions find their arguments, as words of `struct pt_regs`; those after the registers lie on the stack, the first
 * so many words above its top. The return address is in a register, or on top of the stack.
 */
interface Convention {
  readonly parameters: readonly number[];
  readonly result: number;
  readonly stack: number;
  readonly above: number;
  readonly link?: number;
}

const C: Readonly<Record<Host['arch'], Convention>> = {
  // rdi, rsi, rdx, rcx, r8, r9; rax; rsp
  x64: { parameters: [14, 13, 12, 11, 9, 8], result: 10, stack: 19, above: 1 },
  arm64: { parameters: [0, 1, 2, 3, 4, 5, 6, 7], result: 0, stack: 31, above: 0, link: 30 },
};
/** Since Go 1.17. Its own functions have no arguments behind the return address. */
const GO: Readonly<Record<Host['arch'], Convention>> = {
  // rax, rbx, rcx, rdi, rsi, r8, r9, r10, r11
  x64: { ...C.x64, parameters: [10, 5, 11, 14, 13, 9, 8, 7, 6] },
  arm64: { ...C.arm64, parameters: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] },
};

export const isGo = (code: CodeFile): boolean => code.section('.go.buildinfo') !== undefined;

/** How the functions of a file pass arguments. */
export function conventionOf(arch: Host['arch'], code: CodeFile): Convention {
  return (isGo(code) ? GO : C)[arch];
}

/** What C++ and Rust need to unwind their stacks. */
const UNWINDERS = ['__gxx_personality_v0', 'rust_eh_personality'];

/**
 * Whether code of the file cannot do with return addresses that are not its own: Go moves its stacks, exceptions and panics
 * walk theirs.
 */
export function readsStack(code: CodeFile): boolean {
  return isGo(code) || UNWINDERS.some((name) => code.functions.strings.includes(name));
}

const RAW_ARGUMENTS = 10;

/** In D over the site's args[]: the first is the place's value, then come the registers. */
const PLACE_VALUE = 'args[0]';
const register = (word: number): string => `args[${word + 1}]`;
const memory = (address: string): string => `*(userland uint64_t *)(${address})`;

/** How scripts see each kind of probe. */
export interface PidArguments {
  readonly entry: ProbeArguments;
  /** arg0: bytes from the function's start to the return, where it is known; arg1: the value. */
  readonly return: ProbeArguments;
  readonly offset: ProbeArguments;
}

const known = new Map<Convention, PidArguments>();

/** One object for each convention: probes that share it can share a program. */
export function argumentsFor(convention: Convention): PidArguments {
  let found = known.get(convention);
  if (found === undefined) {
    found = describe(convention);
    known.set(convention, found);
  }
  return found;
}

function describe({ parameters, result, stack, above, link }: Convention): PidArguments {
  const raw = Array.from({ length: RAW_ARGUMENTS }, (_, i) => {
    const word = parameters[i];
    const place = (above + i - parameters.length) * 8;
    return word === undefined ? memory(`${register(stack)} + ${place}`) : register(word);
  });
  const caller = link === undefined ? memory(register(stack)) : register(link);
  return {
    entry: { args: [], raw, builtins: { ucaller: caller } },
    return: { args: [], raw: [PLACE_VALUE, register(result)] },
    // Between entry and return the registers hold what they hold.
    offset: { args: [], raw: parameters.map(register) },
  };
}
