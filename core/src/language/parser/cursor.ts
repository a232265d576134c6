/**
 * The parser's place in the text: one token under the eye, what to expect of it, and what to do when it is
 * something else. The grammar is a chain of classes above this one, each adding a level of the language.
 */
import type { Diagnostic } from '../diagnostics.js';
import { Lexer } from '../lexer/lexer.js';
import type { Token, TokenKind } from '../lexer/tokens.js';
import { diagnostic, type MessageId } from '../messages.js';
import type { Source, Span } from '../source.js';
import { describeKind, quoteToken } from './words.js';

/** Nesting that parser and later stages can follow with recursion on a small stack. */
const maximumDepth = 500;

/** Unwinds to the nearest place that can go on; the diagnostic is already recorded. */
export class SyntaxFailure extends Error {
  override readonly name = 'SyntaxFailure';
}
/** One object for all failures: collecting a stack for each would cost more than parsing. */
const failure = new SyntaxFailure('syntax error');

export interface ParseOptions {
  /** Names of types known from elsewhere (kernel, libraries); `module` is what stands before a backtick. */
  readonly isTypeName?: (name: string, module?: string) => boolean;
  /** false: classic D only; control flow, functions, locals and line comments are errors. Default true. */
  readonly extensions?: boolean;
}

export class Cursor {
  protected readonly lexer: Lexer;
  protected token: Token = { kind: 'end', start: 0, end: 0, text: '' };
  /** End of the last token taken. */
  protected previousEnd = 0;
  protected readonly typedefs = new Set<string>();
  protected depth = 0;
  private lastReport = -1;
  /** Where the statement or declaration being read begins. */
  protected constructStart = 0;

  constructor(
    protected readonly source: Source,
    protected readonly options: ParseOptions,
  ) {
    this.lexer = new Lexer(source, options.extensions !== false);
  }

  get diagnostics(): Diagnostic[] {
    return this.lexer.diagnostics;
  }

  // ---- moving

  protected advance(): Token {
    const taken = this.token;
    this.previousEnd = taken.end;
    this.token = this.lexer.next();
    return taken;
  }

  /** Runs `look` on the tokens after the current one, then comes back. */
  protected ahead<T>(look: () => T): T {
    const mark = this.lexer.mark();
    const { token, previousEnd } = this;
    const result = look();
    this.lexer.reset(mark);
    this.token = token;
    this.previousEnd = previousEnd;
    return result;
  }

  protected at(kind: TokenKind): boolean {
    return this.token.kind === kind;
  }

  protected take(kind: TokenKind): Token | undefined {
    return this.token.kind === kind ? this.advance() : undefined;
  }

  protected expect(kind: TokenKind, purpose?: string): Token {
    return this.take(kind) ?? this.unexpected(purpose ?? describeKind(kind));
  }

  /** Checks for the last token of a construct without reading past it: what follows may be lexed another way. */
  protected expectLast(kind: TokenKind): void {
    if (!this.at(kind)) this.unexpected(describeKind(kind));
    this.previousEnd = this.token.end;
    this.lexer.offset = this.token.end;
  }

  protected spanFrom(start: number): Span {
    return { source: this.source, start, end: Math.max(start, this.previousEnd) };
  }

  protected tokenSpan(token: Token = this.token): Span {
    return { source: this.source, start: token.start, end: token.end };
  }

  // ---- complaining

  protected report(id: MessageId, span: Span, values: Diagnostic['values'] = {}, hint?: string): void {
    this.lexer.add(diagnostic(id, span, values, hint === undefined ? {} : { hint }));
  }

  protected fail(id: MessageId, span: Span, values: Diagnostic['values'] = {}, hint?: string): never {
    // After a failure at this very token the second complaint says nothing new.
    if (span.start !== this.lastReport) this.report(id, span, values, hint);
    this.lastReport = span.start;
    throw failure;
  }

  protected unexpected(expected: string): never {
    const { token } = this;
    // The lexer has said already what is wrong with such a token.
    const end = token.kind === 'end';
    if (token.kind === 'bad' || (end && this.cutShort)) throw failure;
    if ((token.kind === ')' || token.kind === ']') && this.closesNothing(token))
      this.fail('syntax.extra-closer', this.tokenSpan(), { closer: token.kind });
    const found = quoteToken(token, this.source.text);
    const number = this.numberBefore(token);
    if (number !== undefined) this.fail('syntax.number', this.tokenSpan(), { found, text: number });
    this.fail('syntax.expected', end ? this.endSpan() : this.tokenSpan(), { expected, found });
  }

  /** Whether no bracket of the construct is open that this one could close. */
  private closesNothing({ kind, start }: Token): boolean {
    const opener = kind === ')' ? '(' : '[';
    const lexer = new Lexer(this.source, this.options.extensions !== false);
    lexer.offset = this.constructStart;
    let open = 0;
    for (let token = lexer.next(); token.start < start; token = lexer.next()) {
      if (token.kind === opener) open++;
      else if (token.kind === kind) open--;
    }
    return open <= 0;
  }

  /** `12abc`: the whole of it, where a name begins right behind a number. */
  private numberBefore({ kind, start, end }: Token): string | undefined {
    if (kind !== 'name' || start !== this.previousEnd) return undefined;
    const digits = /(?<![\w.])\d[\w.]*$/.exec(this.source.text.slice(0, start))?.[0];
    return digits === undefined ? undefined : this.source.text.slice(start - digits.length, end);
  }

  protected endSpan(): Span {
    const end = this.source.text.length;
    return { source: this.source, start: end, end };
  }

  /** A comment or string without end has swallowed the rest; that it is missing says nothing new. */
  protected get cutShort(): boolean {
    return this.lexer.diagnostics.some((d) => d.id === 'lexer.comment-end' || d.id === 'lexer.string-end');
  }

  protected get exhausted(): boolean {
    return this.lexer.exhausted;
  }

  protected extension(what: string, span: Span): void {
    if (this.options.extensions === false) this.fail('syntax.extension', span, { what });
  }

  /** Guards every recursion of the grammar. Whoever catches a failure puts the depth back. */
  protected nested<T>(parse: () => T): T {
    this.enter();
    const result = parse();
    this.depth--;
    return result;
  }

  protected enter(): void {
    if (this.depth >= maximumDepth) this.fail('syntax.too-deep', this.tokenSpan(), { limit: maximumDepth });
    this.depth++;
  }

  /** Guards a loop that makes a tree grow: `links` is how high it has become. */
  protected chained(links: number): void {
    if (links + this.depth > maximumDepth)
      this.fail('syntax.too-deep', this.tokenSpan(), { limit: maximumDepth });
  }

  // ---- names

  protected isTypeName(name: string, module?: string): boolean {
    if (module === undefined && this.typedefs.has(name)) return true;
    return (this.options.isTypeName ?? looksLikeTypeName)(name, module);
  }
}

/** Without anybody to ask, C's habit decides. */
function looksLikeTypeName(name: string): boolean {
  return (
    /_t$/.test(name) || /^(?:[us](?:8|16|32|64)|__[ubl]?e?\d+|uint|uchar|ushort|ulong|bool|_Bool)$/.test(name)
  );
}
