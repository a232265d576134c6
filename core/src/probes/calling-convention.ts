/** Where functions find their arguments and leave their result: in a pt_regs, by each machine's calling convention. */
import { pointerTo, UNSIGNED_LONG } from '../language/types/basic.js';
import { asRecord, isFloat, resolve, sizeOf } from '../language/types/queries.js';
import type { FunctionType, Type } from '../language/types.js';
import type { LayoutContext, SiteArgument } from './site-layout.js';

type Architecture = LayoutContext['arch'];
type Space = 'kernel' | 'user';

/** Offsets are bytes in struct pt_regs. */
export interface CallingConvention {
  readonly arguments: readonly number[];
  readonly result: number;
  readonly stackPointer: number;
  /** Bytes between the stack pointer at a function's first instruction and the first argument on the stack. */
  readonly aboveStackPointer: number;
  /** Where the return address is then; absent: on top of the stack. */
  readonly link?: number;
  /** Records too large for two registers are copied to the stack; else a pointer to a copy takes their place. */
  readonly copiesToStack: boolean;
  /** A function that returns such a record gets the place for it as its first argument. */
  readonly hiddenResult: boolean;
}

/** C's. */
export const CALLING_CONVENTIONS: Readonly<Record<Architecture, CallingConvention>> = {
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
    link: 240,
    copiesToStack: false,
    hiddenResult: false,
  },
};

const WORD = 8;
const LARGEST_IN_REGISTERS = 2 * WORD;
/** What D has names for: arg0 … arg9. */
const RAW_ARGUMENTS = 10;

/** Registers for floating point, on either machine. */
const FLOAT_REGISTERS = 8;

const isReferred = (type: Type): boolean => asRecord(type)?.passedByReference === true;
const bytesOf = (type: Type): number => (isReferred(type) ? WORD : (sizeOf(type, 0) ?? WORD));
const isLarge = (type: Type): boolean => asRecord(type) !== undefined && bytesOf(type) > LARGEST_IN_REGISTERS;

/** Of each word of a value, whether there is nothing but floating point in it. */
function floatWords(type: Type): readonly boolean[] {
  const words = Array.from({ length: Math.ceil(bytesOf(type) / WORD) }, (): boolean | undefined => undefined);
  if (!isReferred(type)) markWords(type, 0, words);
  return words.map((isFloat) => isFloat === true);
}

function markWords(type: Type, offset: number, words: (boolean | undefined)[]): void {
  const bare = resolve(type);
  switch (bare.kind) {
    case 'float':
      for (let at = offset; at < offset + bare.size; at += WORD) words[Math.floor(at / WORD)] ??= true;
      return;
    case 'array':
      for (let i = 0; i < (bare.length ?? 0); i++) markWords(bare.of, offset + i * bytesOf(bare.of), words);
      return;
    case 'struct':
    case 'union':
      for (const member of bare.members ?? [])
        markWords(member.type, offset + Math.floor(member.bitOffset / 8), words);
      return;
    default:
      words[Math.floor(offset / WORD)] = false;
  }
}

/** Of a record, scripts see its first word; of one that a pointer stands for, that. */
const valueType = (type: Type): Type => {
  const { kind } = resolve(type);
  if (isReferred(type)) return pointerTo(type, 'user');
  return kind === 'integer' || kind === 'enum' || kind === 'pointer' ? type : UNSIGNED_LONG;
};

/** Hands out registers, then stack words, in the order arguments are passed. */
class Places {
  #register = 0;
  #float = 0;
  #stack = 0;

  constructor(
    readonly convention: CallingConvention,
    readonly space: Space,
  ) {}

  skipRegister(): void {
    this.#register++;
  }

  next(type: Type): SiteArgument {
    const { convention } = this;
    const words = Math.ceil(bytesOf(type) / WORD);
    const longFloat = isFloat(type) && words > 1;
    const inMemory = (isLarge(type) || longFloat) && convention.copiesToStack;
    const floats = inMemory ? 0 : this.#floats(type);
    const registers = isLarge(type) ? 1 : words - floats;
    if (floats > 0 && registers === 0 && this.#float + floats <= FLOAT_REGISTERS) {
      this.#float += floats;
      return { type, offset: 0, size: WORD, lost: true };
    }
    if (!inMemory && registers > 0 && this.#register + registers <= convention.arguments.length) {
      this.#float += floats;
      const offset = convention.arguments[this.#register]!;
      this.#register += registers;
      return { type: valueType(type), offset, size: WORD };
    }
    const bytes = convention.aboveStackPointer + WORD * this.#stack;
    this.#stack += inMemory ? words : registers + floats;
    return {
      type: valueType(type),
      offset: convention.stackPointer,
      size: WORD,
      behind: { bytes, space: this.space },
    };
  }

  /** Registers for floating point that a value takes. Records are split between both kinds on one machine only. */
  #floats(type: Type): number {
    if (isLarge(type)) return 0;
    const words = floatWords(type);
    if (this.convention.copiesToStack) return words.filter(Boolean).length;
    return words.every(Boolean) ? words.length : 0;
  }
}

/** How many arguments are passed in registers. */
export const registersFor = (arch: Architecture): number => CALLING_CONVENTIONS[arch].arguments.length;

const words = new Map<string, readonly SiteArgument[]>();

/** arg0 … arg9 of a function of which nothing is known: whole words. */
export function argumentWords(arch: Architecture, space: Space): readonly SiteArgument[] {
  let known = words.get(arch + space);
  if (known === undefined) {
    const places = new Places(CALLING_CONVENTIONS[arch], space);
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
  const convention = CALLING_CONVENTIONS[arch];
  const places = new Places(convention, space);
  if (convention.hiddenResult && (isLarge(returns) || isReferred(returns))) places.skipRegister();
  return parameters.map((type) => places.next(type));
}

/** What a function returned, at the moment it did. */
export function resultPlace(arch: Architecture, type: Type = UNSIGNED_LONG): SiteArgument {
  if (floatWords(type)[0] === true) return { type, offset: 0, size: WORD, lost: true };
  return { type: valueType(type), offset: CALLING_CONVENTIONS[arch].result, size: WORD };
}
