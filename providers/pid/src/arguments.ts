import {
  CALLING_CONVENTIONS,
  type CallingConvention,
  type CodeFile,
  type Host,
  type ProbeArguments,
} from '@dtrace/core/provider';

/** Since Go 1.17. Its own functions have no arguments behind the return address. */
const GO: Readonly<Record<Host['arch'], CallingConvention>> = {
  // rax, rbx, rcx, rdi, rsi, r8, r9, r10, r11
  x64: { ...CALLING_CONVENTIONS.x64, arguments: [80, 40, 88, 112, 104, 72, 64, 56, 48] },
  arm64: { ...CALLING_CONVENTIONS.arm64, arguments: [0, 8, 16, 24, 32, 40, 48, 56, 64, 72] },
};

export const isGo = (code: CodeFile): boolean => code.section('.go.buildinfo') !== undefined;

/** How the functions of a file pass arguments. */
export function conventionOf(arch: Host['arch'], code: CodeFile): CallingConvention {
  return (isGo(code) ? GO : CALLING_CONVENTIONS)[arch];
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
const WORD = 8;
const register = (offset: number): string => `args[${offset / WORD + 1}]`;
const memory = (address: string): string => `*(userland uint64_t *)(${address})`;

/** How scripts see each kind of probe. */
export interface PidArguments {
  readonly entry: ProbeArguments;
  /** arg0: bytes from the function's start to the return, where it is known; arg1: the value. */
  readonly return: ProbeArguments;
  readonly offset: ProbeArguments;
}

const known = new Map<CallingConvention, PidArguments>();

/** One object for each convention: probes that share it can share a program. */
export function argumentsFor(convention: CallingConvention): PidArguments {
  let found = known.get(convention);
  if (found === undefined) {
    found = describe(convention);
    known.set(convention, found);
  }
  return found;
}

function describe(convention: CallingConvention): PidArguments {
  const { arguments: registers, result, stackPointer, aboveStackPointer, link } = convention;
  const raw = Array.from({ length: RAW_ARGUMENTS }, (_, i) => {
    const offset = registers[i];
    const place = aboveStackPointer + (i - registers.length) * WORD;
    return offset === undefined ? memory(`${register(stackPointer)} + ${place}`) : register(offset);
  });
  const caller = link === undefined ? memory(register(stackPointer)) : register(link);
  return {
    entry: { args: [], raw, builtins: { ucaller: caller } },
    return: { args: [], raw: [PLACE_VALUE, register(result)] },
    // Between entry and return the registers hold what they hold.
    offset: { args: [], raw: registers.map(register) },
  };
}
