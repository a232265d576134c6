/** Probe descriptions: their own small language of globs, colons and macro variables. */
import type { ProbeDescription, ProbeNumber } from '../ast.js';
import type { Span } from '../source.js';

/** Which part the last one written is: -P, -m, -f, -n. In scripts it is the name. */
export type ProbePart = 'provider' | 'module' | 'function' | 'name';

const parts: readonly ProbePart[] = ['provider', 'module', 'function', 'name'];

/** Characters of a description. Symbols of C++, Go and Rust need more than C's. */
const plain = /[\w$:.?*\\[\]!`@+~%^\-\u0080-\uffff]+/y;
/** Providers of processes take a file in place of one. A division or predicate would have a space or no colon. */
const filePath = /(?:pid|instr)\/[^\s:;{}"]+(?=:)/y;
const openers: Readonly<Record<string, string>> = { '(': ')', '<': '>' };

export interface ProbeText {
  readonly end: number;
  /** Offset of a bracket that is never closed. */
  readonly open?: number;
}

/** How far the description that begins at `start` reaches. */
export function scanProbe(text: string, start: number): ProbeText {
  filePath.lastIndex = start;
  let at = start + (filePath.exec(text)?.[0].length ?? 0);
  for (;;) {
    plain.lastIndex = at;
    at += plain.exec(text)?.[0].length ?? 0;
    const closer = openers[text.charAt(at)];
    // Before the first colon it is no function name, and what comes may be an argument list of a declaration.
    if (closer === undefined || !text.slice(start, at).includes(':')) return { end: at };
    const close = matching(text, at);
    if (close < 0) return { end: at, open: at };
    at = close + 1;
  }
}

function matching(text: string, open: number): number {
  const stack: string[] = [];
  for (let at = open; at < text.length; at++) {
    const c = text.charAt(at);
    const closer = openers[c];
    if (closer !== undefined) stack.push(closer);
    else if (c === stack.at(-1)) {
      stack.pop();
      if (stack.length === 0) return at;
    } else if (c === '\n' || c === ';' || c === '"') return -1;
  }
  return -1;
}

/** Aligns the parts right, or to the part the command line named; undefined when there are too many. */
export function alignProbe(text: string, last: ProbePart, span: Span): ProbeDescription | undefined {
  const slot = parts.indexOf(last);
  const written = joinScopes(splitParts(text), slot);
  // Parts in front that say nothing may be more than there are.
  while (written.length > slot + 1 && written[0] === '') written.shift();
  if (written.length > slot + 1) return undefined;
  const aligned: string[] = ['', '', '', ''];
  written.forEach((part, index) => {
    aligned[slot - written.length + 1 + index] = part;
  });
  const [provider = '', module = '', fn = '', name = ''] = aligned;
  return { kind: 'probe', span, provider, module, function: fn, name };
}

/** More parts than there are: the colons in the middle are those of `ns::function`. */
function joinScopes(written: string[], slot: number): string[] {
  const before = parts.indexOf('function');
  if (written.length <= slot + 1 || slot < before) return written;
  const after = slot === before ? [] : [written.at(-1) ?? ''];
  const middle = written.slice(before, written.length - after.length);
  const scoped = middle.some((part, i) => part === '' && i > 0 && i < middle.length - 1);
  return scoped ? [...written.slice(0, before), middle.join(':'), ...after] : written;
}

/** Splits at colons outside of brackets: `pid1:a.out:max(std::pair):entry` has four parts. */
function splitParts(text: string): string[] {
  if (!/[(<]/.test(text)) return text.split(':');
  const written: string[] = [''];
  let depth = 0;
  for (const c of text) {
    if (openers[c] !== undefined) depth++;
    else if (c === ')' || c === '>') depth = Math.max(0, depth - 1);
    if (c === ':' && depth === 0) written.push('');
    else written[written.length - 1] += c;
  }
  return written;
}

export function partCount(last: ProbePart): number {
  return parts.indexOf(last) + 1;
}

/**
 * The identifier that a description begins with; what follows directly is a description of its own. No function or
 * name begins with a digit, but modules do.
 */
export function leadingNumber(written: string, last: ProbePart): string | undefined {
  const isWhole = last === 'module' || last === 'provider';
  return (isWhole ? /^\d+$/ : /^\d+(?![\d:])/).exec(written)?.[0];
}

export function probeNumber(text: string, span: Span): ProbeNumber | undefined {
  const id = Number(text);
  return id <= 0xffff_ffff ? { kind: 'probe-id', span, id } : undefined;
}
