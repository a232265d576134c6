/**
 * Tokens on demand. The lexer keeps an offset and nothing else, so the parser can look ahead by moving it back,
 * and can read a probe description or a control line in its own way from where it stands.
 */
import type { Diagnostic } from '../diagnostics.js';
import { diagnostic, type MessageId } from '../messages.js';
import type { Source, Span } from '../source.js';
import { bytesOfText } from '../text-bytes.js';
import { decodeEscapes } from './escapes.js';
import { readNumber } from './numbers.js';
import { keywordSet, punctuators, type Token } from './tokens.js';
import { isBlank, lineEnd, skipTrivia } from './trivia.js';

export interface ControlLine {
  readonly start: number;
  readonly end: number;
}

export interface Mark {
  readonly offset: number;
  readonly controls: number;
  readonly diagnostics: number;
}

const maximumErrors = 50;
const longestCharacter = 8;
const word = /[A-Za-z_][\w]*/y;
const symbol = /(?:pid\$target(?=`))?[\w`]+/y;
const macro = /\$\$?(?:[A-Za-z_]\w*|\d+|[#?])/y;
const aggregation = /@[A-Za-z_]\w*|@/y;
const stringBody = /(?:[^"\\\n]|\\[^\n]|\\\r?\n)*/y;
const characterBody = /(?:[^'\\\n]|\\[^\n])*/y;

/** Punctuators by their first character's code, longest first. */
const byFirst: readonly (readonly (typeof punctuators)[number][])[] = Array.from({ length: 128 }, (_, code) =>
  punctuators.filter((p) => p.charCodeAt(0) === code),
);

type Reader =
  | 'word'
  | 'punctuation'
  | 'number'
  | 'symbol'
  | 'string'
  | 'character'
  | 'dollar'
  | 'aggregation'
  | 'unknown';

const quoted: Readonly<Record<string, Reader>> = {
  '`': 'symbol',
  '"': 'string',
  "'": 'character',
  $: 'dollar',
  '@': 'aggregation',
};

/** Who reads a token, by the code of its first character. */
const readers: readonly Reader[] = Array.from({ length: 128 }, (_, code) => {
  const c = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(c)) return 'word';
  if (/\d/.test(c)) return 'number';
  return quoted[c] ?? (byFirst[code]?.length ? 'punctuation' : 'unknown');
});

export class Lexer {
  readonly text: string;
  readonly diagnostics: Diagnostic[] = [];
  /** Lines that begin with `#`, in the order met. */
  readonly controls: ControlLine[] = [];
  offset: number;
  private readonly limit: number;

  constructor(
    readonly source: Source,
    private readonly lineComments = true,
  ) {
    this.text = source.text;
    this.limit = this.text.length;
    // `#!/usr/sbin/dtrace -s`
    this.offset = this.text.startsWith('#!') ? lineEnd(this.text, 0) : 0;
  }

  mark(): Mark {
    return { offset: this.offset, controls: this.controls.length, diagnostics: this.diagnostics.length };
  }

  reset(mark: Mark): void {
    this.offset = mark.offset;
    this.controls.length = mark.controls;
    this.diagnostics.length = mark.diagnostics;
  }

  /** Moves to the next token's first character; remembers the control lines passed. */
  skip(): number {
    for (;;) {
      const { at, stop } = skipTrivia(this.text, this.offset, this.lineComments);
      this.offset = Math.min(at, this.limit);
      if (at >= this.limit || stop === 'token') return this.offset;
      if (stop === 'open-comment') {
        this.report('lexer.comment-end', at, Math.min(at + 2, this.limit), {}, this.limit);
        this.offset = this.limit;
        return this.offset;
      }
      this.control(at);
    }
  }

  next(): Token {
    const start = this.skip();
    if (start >= this.limit) return { kind: 'end', start: this.limit, end: this.limit, text: '' };
    const code = this.text.charCodeAt(start);
    const token = this[readers[code] ?? 'unknown'](start);
    this.offset = token.end;
    return token;
  }

  span(start: number, end: number): Span {
    return { source: this.source, start, end };
  }

  report(
    id: MessageId,
    start: number,
    end: number,
    values: Diagnostic['values'] = {},
    noticed?: number,
  ): void {
    this.add(diagnostic(id, this.span(start, end), values, { noticed }));
  }

  /** Nobody reads the hundredth error; the list stays short whatever the text is. */
  add(found: Diagnostic): void {
    if (!this.exhausted) this.diagnostics.push(found);
  }

  get exhausted(): boolean {
    return this.diagnostics.length >= maximumErrors;
  }

  /** A control line reaches to the end of its line; a backslash there continues it. */
  private control(start: number): void {
    let end = lineEnd(this.text, start);
    while (end < this.limit && /\\\r?$/.test(this.text.slice(Math.max(start, end - 2), end)))
      end = lineEnd(this.text, end + 1);
    end = Math.min(end, this.limit);
    this.controls.push({ start, end });
    this.offset = end;
  }

  private aggregation(start: number): Token {
    const text = match(aggregation, this.text, start);
    return { kind: 'aggregation', start, end: start + text.length, text: text.slice(1) };
  }

  private word(start: number): Token {
    const text = match(word, this.text, start);
    const end = start + text.length;
    const ofTarget = text === 'pid' && this.text.startsWith('$target`', end);
    if (this.text.charCodeAt(end) === 96 || ofTarget) return this.symbol(start);
    return { kind: keywordSet.get(text) ?? 'name', start, end, text };
  }

  private punctuation(start: number): Token {
    const { text } = this;
    const code = text.charCodeAt(start);
    if (code === 46 && isDigit(text.charCodeAt(start + 1))) return this.number(start);
    for (const candidate of byFirst[code] ?? []) {
      if (candidate.length === 1 || text.startsWith(candidate, start)) {
        return { kind: candidate, start, end: start + candidate.length, text: candidate };
      }
    }
    return this.unknown(start);
  }

  private number(start: number): Token {
    // Modules may begin with a digit: 8021q`vlan_proto.
    const whole = match(symbol, this.text, start);
    if (whole.includes('`')) return this.symbol(start);
    const { token, problem } = readNumber(this.text, start);
    if (problem) this.report(problem.id, token.start, token.end, problem.values);
    return token;
  }

  private symbol(start: number): Token {
    const text = match(symbol, this.text, start);
    const tick = text.lastIndexOf('`');
    return {
      kind: 'symbol',
      start,
      end: start + text.length,
      text: text.slice(tick + 1),
      module: text.slice(0, tick),
    };
  }

  private string(start: number): Token {
    const raw = match(stringBody, this.text, start + 1);
    const end = start + 1 + raw.length;
    const text = decodeEscapes(raw);
    if (this.text.charCodeAt(end) === 34) return { kind: 'text', start, end: end + 1, text };
    const newline = this.text.charCodeAt(end) === 10;
    if (newline) this.report('lexer.string-newline', start, end, {}, end + 1);
    else this.report('lexer.string-end', start, Math.min(end, this.limit));
    return { kind: 'text', start, end, text };
  }

  private character(start: number): Token {
    const raw = match(characterBody, this.text, start + 1);
    const end = start + 1 + raw.length;
    const closed = this.text.charCodeAt(end) === 39;
    const bytes = closed ? bytesOfText(decodeEscapes(raw)) : new Uint8Array();
    const token: Token = {
      kind: 'character',
      start,
      end: closed ? end + 1 : end,
      text: raw,
      value: packed(bytes),
    };
    if (!closed && this.text.charCodeAt(end) === 10)
      this.report('lexer.character-newline', start, end, {}, end + 1);
    else if (!closed) this.report('lexer.character-end', start, end);
    else if (bytes.length === 0) this.report('lexer.character-empty', start, token.end);
    else if (bytes.length > longestCharacter)
      this.report('lexer.character-long', start, token.end, { count: bytes.length });
    return token;
  }

  private dollar(start: number): Token {
    const text = match(macro, this.text, start);
    if (text !== '') return { kind: 'macro', start, end: start + text.length, text };
    const end = start + (this.text.charCodeAt(start + 1) === 36 ? 2 : 1);
    this.report('lexer.macro', start, end);
    return { kind: 'bad', start, end, text: this.text.slice(start, end) };
  }

  private unknown(start: number): Token {
    const character = String.fromCodePoint(this.text.codePointAt(start) ?? 0);
    const end = start + character.length;
    const printable = /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character);
    this.report('lexer.character', start, end, {
      character: printable
        ? `"${character}"`
        : `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
    });
    return { kind: 'bad', start, end, text: character };
  }
}

/** The first character ends up most significant, one alone keeps its sign as char does. */
function packed(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes.subarray(0, longestCharacter)) value = (value << 8n) | BigInt(byte);
  return bytes.length === 1 ? BigInt.asIntN(8, value) : value;
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The next character that is not blank, without moving. */
export function characterAfter(text: string, from: number): string {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at++;
  return text.charAt(at);
}
