/** From what a site carries to what a probe's scripts see: arg0…, args[], and built-ins the probe knows better. */
import type { Expr } from '../language/checked.js';
import { Fault } from '../language/faults.js';
import { isSigned } from '../language/types/queries.js';
import type { Type } from '../language/types.js';
import type { ProbeArguments } from '../probes/probe.js';
import { NO_REGISTER, type SiteArgument, type SiteLayout } from '../probes/site-layout.js';
import type { Code } from './code.js';
import { evaluate, inRegister, normalise, type Scalar, scalarWidth } from './expression.js';
import { imm, type V } from './ir/ir.js';
import { asNumber } from './memory.js';
import { type Destination, evaluateNullable, type StringValue } from './strings.js';

export interface ProgramMapping {
  arg(code: Code, index: number): Scalar;
  typed(code: Code, index: number): Scalar;
  /** args[index], where that is a string: sites carry none, probes make them. */
  string?(code: Code, index: number, to?: Destination): StringValue;
  /** The declared type of args[index], if that is a pointer the verifier lets the program read through. */
  pointerType(index: number): Type | undefined;
  /** That pointer; a null pointer is a fault. As a value, it is a plain number. */
  pointer(code: Code, index: number): V | undefined;
  /** Whether what a plain load through it reads as 0 may be no memory at all. */
  mayBeBad(index: number): boolean;
  builtin(code: Code, name: string): Scalar | undefined;
  /** The probe is about another thread than the running one; `thread` is its task. */
  readonly hasThread: boolean;
  thread(code: Code): V | undefined;
}

const WORD = 8;

function placeOf({ offset, size, behind, cookie, fact, registerOfFact }: SiteArgument): string {
  if (cookie) return 'cookie';
  if (fact !== undefined) return `fact ${fact}`;
  if (registerOfFact !== undefined) return `register of ${registerOfFact}`;
  return `${offset}.${size}${behind ? `+${behind.bytes}` : ''}`;
}

/** The upper half of a cookie is the number of the probe in its program. */
export const COOKIE_BITS = 32;
const LOWER_HALF = imm(0xffff_ffffn);

export function attachCookie(code: Code): V {
  return code.once('attach-cookie', () => code.b.helper('bpf_get_attach_cookie', code.ctx));
}

function placeValue(code: Code): V {
  const { cookies, placeValues } = code.layout;
  if (!cookies || !placeValues) return code.b.constant(0);
  return code.b.alu('and', attachCookie(code), LOWER_HALF);
}

/** The argument as it is kept; arguments in memory may be out of reach, which is a fault. */
function fetch(code: Code, arg: SiteArgument): V {
  const { offset, size, behind, cookie, through, fact, registerOfFact } = arg;
  return code.once(`site-word ${placeOf(arg)}`, () => {
    if (cookie) return placeValue(code);
    if (fact !== undefined) return inRegister(code, factOf(code, fact));
    if (registerOfFact !== undefined) return numberedRegister(code, factOf(code, registerOfFact));
    if (through !== undefined) return askFor(code, through, offset / WORD);
    if (behind === undefined) return code.b.load(size, code.ctx, offset);
    const address = code.b.alu('add', code.b.load(8, code.ctx, offset), imm(behind.bytes));
    return code.readMemory(address, size, behind.space === 'user');
  });
}

function factOf({ b, facts }: Code, index: number): Scalar {
  return 'entry' in facts
    ? b.load(WORD, facts.entry, facts.offset + WORD * index)
    : imm(BigInt.asUintN(64, facts[index] ?? 0n));
}

/**
 * A register whose number is known when the program is written, or when it runs: contexts can be read at constant offsets
 * only, but they lie in the kernel's memory.
 */
function numberedRegister(code: Code, number: Scalar): V {
  const { b, layout } = code;
  const start = layout.registers?.offset ?? 0;
  if (typeof number !== 'number') {
    if (number.imm === BigInt(NO_REGISTER)) return b.constant(0);
    return b.load(WORD, code.ctx, start + WORD * Number(number.imm));
  }
  const value = b.constant(0);
  const end = b.newLabel('register');
  b.branch('==', number, imm(NO_REGISTER), end);
  code.region(() => {
    const buffer = b.buffer(WORD);
    b.store(WORD, buffer, 0, imm(0));
    // The verifier wants to see that it leads not far away.
    const distance = b.alu('lsh', b.alu('and', number, imm(NO_REGISTER)), imm(3));
    const address = b.alu('add', b.address(code.ctx, start), distance);
    b.helper('bpf_probe_read_kernel', buffer, imm(WORD), address);
    b.assign(value, b.load(WORD, buffer, 0));
    b.releaseBuffer(buffer);
  });
  b.label(end);
  return value;
}

/** The helpers fail only for arguments that the function does not have. */
function askFor(code: Code, helper: NonNullable<SiteArgument['through']>, index: number): V {
  const { b } = code;
  const buffer = b.buffer(WORD);
  b.store(WORD, buffer, 0, imm(0));
  if (helper === 'bpf_get_func_ret') b.helper(helper, code.ctx, buffer);
  else b.helper(helper, code.ctx, imm(index), buffer);
  const value = b.load(WORD, buffer, 0);
  b.releaseBuffer(buffer);
  return value;
}

/** The site's own view: args[] straight from the context. Guards and selectors are written over it. */
export function siteMapping(layout: SiteLayout): ProgramMapping {
  const value = (code: Code, arg: SiteArgument | undefined): Scalar => {
    if (!arg) return imm(0);
    const range = arg.trusted ? 'number' : `${isSigned(arg.type) ? 's' : 'u'}${scalarWidth(arg.type)}`;
    return code.once(`site-value ${placeOf(arg)} ${range}`, () => {
      const word = fetch(code, arg);
      return inRegister(code, arg.trusted ? asNumber(code, word) : normalise(code, word, arg.type));
    });
  };
  const raw = layout.raw ?? layout.args;
  return {
    arg: (code, index) => value(code, raw[index]),
    typed: (code, index) => value(code, layout.args[index]),
    pointerType: (index) => (layout.args[index]?.trusted ? layout.args[index].type : undefined),
    mayBeBad: (index) => layout.args[index]?.mayBeBad === true,
    pointer: (code, index) => {
      const arg = layout.args[index];
      if (!arg?.trusted) return undefined;
      return code.once(`site-pointer ${placeOf(arg)}`, () => {
        const pointer = fetch(code, arg);
        // A load through it tells whether it is bad, null or otherwise.
        if (arg.mayBeBad) return pointer;
        // The verifier wants to see this of arguments that may be null, and drops it for those that cannot be.
        code.faultUnless('!=', pointer, imm(0), Fault.badAddress, imm(0));
        return pointer;
      });
    },
    builtin: () => undefined,
    hasThread: false,
    thread: () => undefined,
  };
}

/** A probe's view: each argument is a D expression over the site's. */
export function probeMapping(
  layout: SiteLayout,
  args: ProbeArguments,
  check: (text: string) => Expr,
): ProgramMapping {
  const site = siteMapping(layout);
  const parsed = new Map<string, Expr>();
  const expression = (text: string): Expr => {
    const known = parsed.get(text) ?? check(text);
    parsed.set(text, known);
    return known;
  };
  /** The text is the site's own argument and nothing more. */
  const plain = (text: string): number | undefined => {
    const match = /^\s*args\[(\d+)\]\s*$/.exec(text);
    return match ? Number(match[1]) : undefined;
  };
  const value = (code: Code, text: string, raw: boolean): Scalar => {
    const own = plain(text);
    if (own !== undefined) return raw ? site.arg(code, own) : site.typed(code, own);
    return code.once(`mapped:${text}`, () =>
      inRegister(
        code,
        code.withMapping(site, () => evaluate(code, expression(text))),
      ),
    );
  };
  const thread = plain(args.thread ?? '');
  const texts = args.raw ?? args.args.map((arg) => arg.value);
  return {
    arg: (code, index) => (texts[index] === undefined ? imm(0) : value(code, texts[index], true)),
    typed: (code, index) => {
      const text = args.args[index]?.value;
      return text === undefined ? imm(0) : value(code, text, false);
    },
    string: (code, index, to) => {
      const { value: text = '' } = args.args[index] ?? {};
      return code.withMapping(site, () => evaluateNullable(code, expression(text), to));
    },
    pointerType: (index) => {
      const own = plain(args.args[index]?.value ?? '');
      return own === undefined ? undefined : site.pointerType(own);
    },
    mayBeBad: (index) => {
      const own = plain(args.args[index]?.value ?? '');
      return own !== undefined && site.mayBeBad(own);
    },
    pointer: (code, index) => {
      const own = plain(args.args[index]?.value ?? '');
      return own === undefined ? undefined : site.pointer(code, own);
    },
    hasThread: thread !== undefined,
    thread: (code) => (thread === undefined ? undefined : site.pointer(code, thread)),
    builtin: (code, name) => {
      const text = args.builtins?.[name];
      return text === undefined ? undefined : value(code, text, false);
    },
  };
}
