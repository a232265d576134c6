/** Statements: what stands between the braces of clauses and functions. */
import type { Block, DeclarationStatement, Declarator, Expression, Statement } from '../ast.js';
import { characterAfter } from '../lexer/lexer.js';
import { declarationWords, type TokenKind } from '../lexer/tokens.js';
import { locate } from '../lines.js';
import type { Span } from '../source.js';
import { SyntaxFailure } from './cursor.js';
import { ExpressionParser, isUnused } from './expressions.js';
import { quoteToken } from './words.js';

type StatementStart = (parser: StatementParser) => Statement;

/** A line at the margin that reads like a clause head: the place to go on after a forgotten `}`. */
const clauseHead = /[\w$*?.-]*:[\w$*?.-]*:[\w$*?.-]*:[\w$*?.-]*[ \t]*(?:[,/{]|\r?$)/my;

export class StatementParser extends ExpressionParser {
  private openReported = false;

  /** From `{` to `}`; the closing brace is only looked at (`last`) where what follows is lexed another way. */
  protected block(last: boolean): Block {
    const { start } = this.token;
    this.expect('{');
    const statements: Statement[] = [];
    while (!this.at('}') && !this.at('end')) {
      const statement = this.recovering();
      if (statement) statements.push(statement);
      if (this.exhausted || this.atClauseHead()) break;
    }
    if (this.at('}')) last ? this.expectLast('}') : this.advance();
    else this.unclosed(start);
    return { kind: 'block', span: this.spanFrom(start), statements };
  }

  /** Said once, of the innermost block: those around it are open for the same reason. */
  private unclosed(start: number): never {
    if (!this.openReported && !this.cutShort)
      this.report('syntax.clause-open', this.at('end') ? this.endSpan() : this.tokenSpan(), {
        found: quoteToken(this.token, this.source.text),
        line: locate(this.source, start).line,
      });
    this.openReported = true;
    throw new SyntaxFailure('unclosed block');
  }

  private recovering(): Statement | undefined {
    const { depth } = this;
    try {
      return this.statement();
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      this.depth = depth;
      if (this.predicateBrackets) this.predicateBrackets = undefined;
      this.skipStatement();
      return undefined;
    }
  }

  /** After an error: on to the statement's `;`, or to the brace that ends the block. */
  protected skipStatement(): void {
    let braces = 0;
    while (!this.at('end') && !this.atClauseHead()) {
      if (this.at('}')) {
        if (braces === 0) return;
        braces--;
      } else if (this.at('{')) braces++;
      const { kind } = this.advance();
      if (braces === 0 && (kind === ';' || kind === '}')) return;
    }
  }

  protected atClauseHead(): boolean {
    const { start } = this.token;
    if (start > 0 && this.source.text.charCodeAt(start - 1) !== 10) return false;
    clauseHead.lastIndex = start;
    return clauseHead.test(this.source.text);
  }

  statement(): Statement {
    const { kind } = this.token;
    this.constructStart = this.token.start;
    const start = starts[kind];
    if (start) return this.nested(() => start(this));
    if (isUnused(this.token) || kind === 'else')
      this.fail('syntax.reserved', this.tokenSpan(), { word: this.token.text });
    if (declarationWords.has(kind) ? this.atType() : this.declarationAhead()) return this.localDeclaration();
    return this.expressionStatement();
  }

  /** `foo_t x;` without asking whether foo_t exists: no expression looks like it. */
  private declarationAhead(): boolean {
    if (!this.at('name') && !this.at('symbol')) return false;
    if (!/[A-Za-z_*]/.test(characterAfter(this.source.text, this.token.end))) return false;
    const named = this.atNamedType();
    return this.ahead(() => {
      this.advance();
      if (!named) return this.at('name');
      while (this.take('*'));
      return this.at('name');
    });
  }

  private expressionStatement(): Statement {
    const { start } = this.token;
    const value = this.expression();
    this.endStatement();
    return { kind: 'expression', span: this.spanFrom(start), value };
  }

  /** The last statement of a block needs no `;`. */
  private endStatement(): void {
    if (this.take(';') || this.at('}')) return;
    this.unexpected(this.at('end') ? "';' or '}'" : "';'");
  }

  private localDeclaration(): DeclarationStatement {
    const { start } = this.token;
    const scope = this.token.kind;
    if (scope === 'typedef') this.fail('syntax.typedef-place', this.tokenSpan());
    if (scope !== 'self' && scope !== 'this')
      this.extension('a declaration among statements', this.tokenSpan());
    const specifiers = this.specifiers();
    const declarators: { declarator: Declarator; initializer?: Expression }[] = [];
    if (!this.at(';')) {
      do {
        const declarator = this.declarator('required');
        declarators.push(this.take('=') ? { declarator, initializer: this.assignment() } : { declarator });
      } while (this.take(','));
    }
    this.expect(';');
    return { kind: 'declaration', span: this.spanFrom(start), specifiers, declarators };
  }

  // ---- DTrace++ control flow, called through the table below

  innerBlock(): Statement {
    this.extension('a block among statements', this.tokenSpan());
    return this.block(false);
  }

  empty(): Statement {
    const span = this.tokenSpan(this.advance());
    return { kind: 'empty', span };
  }

  if(): Statement {
    const { start } = this.keyword();
    const condition = this.condition();
    const then = this.statement();
    const otherwise = this.take('else') ? this.statement() : undefined;
    return { kind: 'if', span: this.spanFrom(start), condition, then, ...(otherwise && { else: otherwise }) };
  }

  while(): Statement {
    const { start } = this.keyword();
    const condition = this.condition();
    const body = this.statement();
    return { kind: 'while', span: this.spanFrom(start), condition, body };
  }

  do(): Statement {
    const { start } = this.keyword();
    const body = this.statement();
    this.expect('while');
    const condition = this.condition();
    this.endStatement();
    return { kind: 'do', span: this.spanFrom(start), condition, body };
  }

  for(): Statement {
    const { start } = this.keyword();
    this.expect('(');
    const init = this.take(';') ? undefined : this.forInit();
    const condition = this.at(';') ? undefined : this.expression();
    this.expect(';');
    const step = this.at(')') ? undefined : this.expression();
    this.expect(')');
    const body = this.statement();
    return {
      kind: 'for',
      span: this.spanFrom(start),
      ...(init && { init }),
      ...(condition && { condition }),
      ...(step && { step }),
      body,
    };
  }

  return(): Statement {
    const { start } = this.keyword();
    const value = this.at(';') || this.at('}') ? undefined : this.expression();
    this.endStatement();
    return { kind: 'return', span: this.spanFrom(start), ...(value && { value }) };
  }

  jump(kind: 'break' | 'continue'): Statement {
    const { start } = this.keyword();
    this.endStatement();
    return { kind, span: this.spanFrom(start) };
  }

  private keyword(): Span {
    const span = this.tokenSpan();
    this.extension(`'${this.token.text}'`, span);
    this.advance();
    return span;
  }

  private condition(): Expression {
    this.expect('(');
    const value = this.expression();
    this.expect(')');
    return value;
  }

  /** The first part of `for (…)`, with its `;`. */
  private forInit(): Statement {
    const { start } = this.token;
    if (declarationWords.has(this.token.kind) ? this.atType() : this.declarationAhead())
      return this.localDeclaration();
    const value = this.expression();
    this.expect(';');
    return { kind: 'expression', span: this.spanFrom(start), value };
  }
}

const starts: Readonly<Partial<Record<TokenKind, StatementStart>>> = {
  '{': (p) => p.innerBlock(),
  ';': (p) => p.empty(),
  if: (p) => p.if(),
  while: (p) => p.while(),
  do: (p) => p.do(),
  for: (p) => p.for(),
  return: (p) => p.return(),
  break: (p) => p.jump('break'),
  continue: (p) => p.jump('continue'),
};
