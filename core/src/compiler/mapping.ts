/** From what a site carries to what a probe's scripts see: arg0…, args[], and built-ins the probe knows better. */
import type { Expr } from '../language/checked.js';
import { Fault } from '../language/faults.js';
import type { Type } from '../language/types.js';
import type { ProbeArguments } from '../probes/probe.js';
import type { SiteArgument, SiteLayout } from '../probes/site-layout.js';
import type { Code } from './code.js';
import { evaluate, inRegister, normalise, type Scalar } from './expression.js';
import { imm, type V } from './ir/ir.js';
import { asNumber } from './memory.js';

export interface ProgramMapping {
  arg(code: Code, index: number): Scalar;
  typed(code: Code, index: number): Scalar;
  /** The declared type of args[index], if that is a pointer the verifier lets the program read through. */
  pointerType(index: number): Type | undefined;
  /** That pointer; a null pointer is a fault. As a value, it is a plain number. */
  pointer(code: Code, index: number): V | undefined;
  builtin(code: Code, name: string): Scalar | undefined;
  /** The probe is about another thread than the running one; `thread` is its task. */
  readonly hasThread: boolean;
  thread(code: Code): V | undefined;
}

/** The site's own view: args[] straight from the context. Guards and selectors are written over it. */
export function siteMapping(layout: SiteLayout): ProgramMapping {
  const raw = (code: Code, index: number, { size, offset }: SiteArgument): V =>
    code.once(`site-arg${index}`, () => code.b.load(size, code.ctx, offset));
  const value = (code: Code, index: number): Scalar => {
    const arg = layout.args[index];
    if (!arg) return imm(0);
    return code.once(`site-value${index}`, () => {
      const word = raw(code, index, arg);
      return inRegister(code, arg.trusted ? asNumber(code, word) : normalise(code, word, arg.type));
    });
  };
  return {
    arg: value,
    typed: value,
    pointerType: (index) => (layout.args[index]?.trusted ? layout.args[index].type : undefined),
    pointer: (code, index) => {
      const arg = layout.args[index];
      if (!arg?.trusted) return undefined;
      return code.once(`site-pointer${index}`, () => {
        const pointer = raw(code, index, arg);
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
    pointerType: (index) => {
      const own = plain(args.args[index]?.value ?? '');
      return own === undefined ? undefined : site.pointerType(own);
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
