/**
 * Operands of probe notes, as assemblers write them, in D over the site's args[]: word i of pt_regs is args[1 + i], and
 * behind those are the site's facts. What is of one place only, a constant or a distance, is a fact: many probes of a
 * program then pass their arguments in the same way, and share a trace program.
 */
import type { Host, ProbeArgument } from '@dtrace/core/provider';

/** D for an operand, its size aside; undefined for what a trace program cannot reach. */
type Machine = (operand: string, note: Note) => Place | undefined;

/** A number there is, or an address where one lies. */
type Place = { readonly value: string } | { readonly address: string };

/** What operands of one note are read with. */
interface Note {
  /** Notes a number; gives the D that is it. */
  fact(value: bigint): string;
  /** How far a variable of the file lies behind the probe; undefined where the file does not tell. */
  distance(variable: string): number | undefined;
}

/** Words of struct pt_regs. */
const X64: Readonly<Record<string, number>> = {
  r15: 0,
  r14: 1,
  r13: 2,
  r12: 3,
  bp: 4,
  bx: 5,
  r11: 6,
  r10: 7,
  r9: 8,
  r8: 9,
  ax: 10,
  cx: 11,
  dx: 12,
  si: 13,
  di: 14,
  ip: 16,
  sp: 19,
};

const word = (index: number): string => `args[${index + 1}]`;

/** `rax`, `eax`, `ax`, `al`; `ah` is its second byte; `r8`, `r8d`, `r8w`, `r8b`. */
function registerX64(name: string): string | undefined {
  const numbered = /^(r\d+)[dwb]?$/.exec(name)?.[1];
  if (numbered !== undefined) return numbered in X64 ? word(X64[numbered] as number) : undefined;
  const high = /^([abcd])h$/.exec(name)?.[1];
  if (high !== undefined) return `(${word(X64[`${high}x`] as number)} >> 8)`;
  const low = /^([abcd])l$/.exec(name)?.[1];
  const plain = low !== undefined ? `${low}x` : name.replace(/^[re]/, '').replace(/^([sdb][ip])l$/, '$1');
  return plain in X64 ? word(X64[plain] as number) : undefined;
}

const MEMORY_X64 = /^([-+\w$]*)\((?:%(\w+))?(?:,%(\w+)(?:,(\d))?)?\)$/;
/** `count(%rip)`, `table+8(%rip)`, `8+table(%rip)` */
const VARIABLE_X64 = /^(?:(\d+)\+)?([A-Za-z_.$][\w.$]*)([+-]\d+)?\(%rip\)$/;

function variableX64(operand: string, note: Note): string | undefined {
  const [, before = '0', name, behind = '0'] = VARIABLE_X64.exec(operand) ?? [];
  const distance = name === undefined ? undefined : note.distance(name);
  if (distance === undefined) return undefined;
  return `${registerX64('rip')} + ${note.fact(BigInt(distance) + BigInt(before) + BigInt(behind))}`;
}

function addressX64(operand: string, note: Note): string | undefined {
  const [, displacement = '', base, index, scale = '1'] = MEMORY_X64.exec(operand) ?? [];
  if (base === undefined && index === undefined) return undefined;
  if (base === 'rip') return variableX64(operand, note);
  const offset = displacement === '' ? 0 : Number(displacement);
  if (Number.isNaN(offset)) return undefined;
  const parts = [String(offset)];
  if (base !== undefined) parts.push(registerX64(base) ?? '');
  if (index !== undefined) parts.push(`${registerX64(index) ?? ''} * ${scale}`);
  return parts.some((part) => part === '' || part.startsWith(' ')) ? undefined : parts.join(' + ');
}

const number = (text: string): bigint => (text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text));

const x64: Machine = (operand, note) => {
  const constant = /^\$(-?(?:0x[0-9a-f]+|\d+))$/i.exec(operand)?.[1];
  if (constant !== undefined) return { value: note.fact(number(constant)) };
  if (operand.startsWith('%')) {
    const value = registerX64(operand.slice(1));
    return value === undefined ? undefined : { value };
  }
  const address = addressX64(operand, note);
  return address === undefined ? undefined : { address };
};

/** x0 … x30 and w0 … w30 are words 0 to 30, sp is the next one; xzr is 0. */
function registerArm64(name: string): string | undefined {
  if (name === 'sp' || name === 'wsp') return word(31);
  if (name === 'xzr' || name === 'wzr') return '0';
  const number = Number(/^[xw](\d+)$/.exec(name)?.[1] ?? -1);
  return number >= 0 && number <= 30 ? word(number) : undefined;
}

const MEMORY_ARM64 = /^\[(\w+)(?:, *(?:#?(-?\w+)|(x\d+)(?:, *lsl *#?(\d))?))?\]$/;

const arm64: Machine = (operand, note) => {
  const constant = /^#?(-?(?:0x[0-9a-f]+|\d+))$/i.exec(operand)?.[1];
  if (constant !== undefined) return { value: note.fact(number(constant)) };
  const [, base = '', second] = /^\[(\w+)(?:, *(.*))?\]$/.exec(operand) ?? [];
  if (base === '') {
    const value = registerArm64(operand);
    return value === undefined ? undefined : { value };
  }
  if (!MEMORY_ARM64.test(operand)) return undefined;
  const start = registerArm64(base);
  const [index = '', shift] = (second ?? '0').split(/, *lsl */);
  const register = registerArm64(index);
  const offset = register === undefined ? index.replace('#', '') : register;
  const scaled = shift === undefined ? offset : `(${offset} << ${shift.replace('#', '')})`;
  return start === undefined ? undefined : { address: `${start} + ${scaled}` };
};

/** How operands are read, and how many words pt_regs has. */
const MACHINES: Readonly<Record<Host['arch'], { readonly read: Machine; readonly registers: number }>> = {
  x64: { read: x64, registers: 21 },
  arm64: { read: arm64, registers: 34 },
};

const OUT_OF_REACH = 'is where trace programs cannot look';

/** `-4`: four bytes with a sign. `8f`: a floating-point number. */
const SIZED = /^(-?)([1248])(f?)@(.*)$/;
const FLOATS: Readonly<Record<string, string>> = { 4: 'float', 8: 'double' };

/** Operands are separated by spaces; those of arm64 may have spaces in brackets. */
function split(operands: string): readonly string[] {
  return operands.match(/(?:\[[^\]]*\]|\S)+/g) ?? [];
}

function argument(operand: string, read: Machine, note: Note): ProbeArgument {
  const [, sign, size = '8', float, where = operand] = SIZED.exec(operand) ?? [];
  const bits = `${sign === '-' ? '' : 'u'}int${Number(size) * 8}_t`;
  // A floating-point number is looked at as what it is, and arrives as its bits.
  const type = (float === 'f' && FLOATS[size]) || bits;
  const place = read(where, note);
  // An operand out of reach keeps its place: the ones behind it do not move.
  if (place === undefined) return { type, value: '0', missing: OUT_OF_REACH };
  const value = 'value' in place ? `(${bits})(${place.value})` : `*(userland ${bits} *)(${place.address})`;
  return { type, value };
}

export interface NoteArguments {
  readonly args: readonly ProbeArgument[];
  /** Of the site: the arguments' texts refer to them. */
  readonly facts: readonly bigint[];
}

/** The arguments that a note describes. */
export function noteArguments(
  operands: string,
  arch: Host['arch'],
  distance: Note['distance'] = () => undefined,
): NoteArguments {
  const { read, registers } = MACHINES[arch];
  const facts: bigint[] = [];
  const fact = (value: bigint): string => word(registers + facts.push(value) - 1);
  return { args: split(operands).map((operand) => argument(operand, read, { fact, distance })), facts };
}
