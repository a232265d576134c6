/** Where functions find their arguments and leave their result: in a pt_regs, by each machine's calling convention. */
import { UNSIGNED_LONG } from '../language/types/basic.js';
import { asRecord, resolve, sizeOf } from '../language/types/queries.js';
import type { FunctionType, Type } from '../language/types.js';
import type { LayoutContext, SiteArgument } from './site-layout.js';

type Architecture = LayoutContext['arch'];
type Space = 'kernel' | 'user';

interface Convention {
  /** Offsets in struct pt_regs. */
  readonly arguments: readonly number[];
  readonly result: number;
  readonly stackPointer: number;
  /** Bytes between the stack pointer at a function's first instruction and the first argument on the stack. */
  readonly aboveStackPointer: number;
  /** Records too large for two registers are copied to the stack; else a pointer to a copy takes their place. */
  readonly copiesToStack: boolean;
  /** A function that returns such a record gets the place for it as its first argument. */
  readonly hiddenResult: boolean;
}

const CONVENTIONS: Readonly<Record<Architecture, Convention>> = {
  // rdi, rsi, rdx, rcx, r8, r9; rax; rsp. The return address comes first on the stack.
  x64: {
    arguments: [112, 104, 96, 88, 72, 64],
    result: 80,
    stackPointer: 152,
    aboveStackPointer: 8,
    copiesToStack: true,
    hiddenResult: true,
  },
  // x0 … x7; x0; sp
  arm64: {
    arguments: [0, 8, 16, 24, 32, 40, 48, 56],
    result: 0,
    stackPointer: 248,
    aboveStackPointer: 0,
    copiesToStack: false,
    hiddenResult: false,
  },
};

const WORD = 8;
const LARGEST_IN_REGISTERS = 2 * WORD;
/** What D has names for: arg0 … arg9. */
const RAW_ARGUMENTS = 10;

const bytesOf = (type: Type): number => sizeOf(type, 0) ?? WORD;
const isLarge = (type: Type): boolean => asRecord(type) !== undefined && bytesOf(type) > LARGEST_IN_REGISTERS;

/** Of a record, scripts see its first word. */
const valueType = (type: Type): Type => {
  const { kind } = resolve(type);
  return kind === 'integer' || kind === 'enum' || kind === 'pointer' ? type : UNSIGNED_LONG;
};

/** Hands out registers, then stack words, in the order arguments are passed. */
class Places {
  #register = 0;
  #stack = 0;

  constructor(
    readonly convention: Convention,
    readonly space: Space,
  ) {}

  skipRegister(): void {
    this.#register++;
  }

  next(type: Type): SiteArgument {
    const { convention } = this;
    const words = Math.ceil(bytesOf(type) / WORD);
    const inMemory = isLarge(type) && convention.copiesToStack;
    const registers = isLarge(type) ? 1 : words;
    if (!inMemory && this.#register + registers <= convention.arguments.length) {
      const offset = convention.arguments[this.#register]!;
      this.#register += registers;
      return { type: valueType(type), offset, size: WORD };
    }
    const bytes = convention.aboveStackPointer + WORD * this.#stack;
    this.#stack += inMemory ? words : registers;
    return {
      type: valueType(type),
      offset: convention.stackPointer,
      size: WORD,
      behind: { bytes, space: this.space },
    };
  }
}

/** How many arguments are passed in registers. */
export const registersFor = (arch: Architecture): number => CONVENTIONS[arch].arguments.length;

const words = new Map<string, readonly SiteArgument[]>();

/** arg0 … arg9 of a function of which nothing is known: whole words. */
export function argumentWords(arch: Architecture, space: Space): readonly SiteArgument[] {
  let known = words.get(arch + space);
  if (known === undefined) {
    const places = new Places(CONVENTIONS[arch], space);
    known = Array.from({ length: RAW_ARGUMENTS }, () => places.next(UNSIGNED_LONG));
    words.set(arch + space, known);
  }
  return known;
}

/** A function's parameters, at its first instruction. */
export function parameterPlaces(
  arch: Architecture,
  { parameters, returns }: FunctionType,
  space: Space,
): readonly SiteArgument[] {
  const convention = CONVENTIONS[arch];
  const places = new Places(convention, space);
  if (convention.hiddenResult && isLarge(returns)) places.skipRegister();
  return parameters.map((type) => places.next(type));
}

/** What a function returned, at the moment it did. */
export function resultPlace(arch: Architecture, type: Type = UNSIGNED_LONG): SiteArgument {
  return { type: valueType(type), offset: CONVENTIONS[arch].result, size: WORD };
}
