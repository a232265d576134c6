/** Expressions: precedence climbing over one table, then assignment and the comma above it. */
import type {
  AssignmentOperator,
  BinaryOperator,
  Expression,
  Identifier,
  UnaryOperator,
  UpdateOperator,
} from '../ast.js';
import { keywordSet, type Token, type TokenKind } from '../lexer/tokens.js';
import { predicateEndsAt } from './predicate.js';
import { TypeParser } from './types.js';

/** C's levels, with D's `^^` between `||` and `&&`. Higher binds tighter. */
const precedence: Readonly<Partial<Record<TokenKind, number>>> = {
  '||': 1,
  '^^': 2,
  '&&': 3,
  '|': 4,
  '^': 5,
  '&': 6,
  '==': 7,
  '!=': 7,
  '<': 8,
  '<=': 8,
  '>': 8,
  '>=': 8,
  '<<': 9,
  '>>': 9,
  '+': 10,
  '-': 10,
  '*': 11,
  '/': 11,
  '%': 11,
} satisfies Record<BinaryOperator, number>;

const assignments: ReadonlySet<string> = new Set<AssignmentOperator>([
  '=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '<<=',
  '>>=',
  '&=',
  '^=',
  '|=',
]);
/** Tokens that can begin the operand of a cast and could not continue an expression. */
const operandStarts: ReadonlySet<string> = new Set<TokenKind>([
  'name',
  'integer',
  'character',
  'real',
  'text',
  'macro',
  'aggregation',
  'symbol',
  'self',
  'this',
  'sizeof',
  'stringof',
  'offsetof',
  'xlate',
  '!',
  '~',
]);

/** Parses what a token begins. */
type Primary = (parser: ExpressionParser, token: Token) => Expression;

export class ExpressionParser extends TypeParser {
  /** Brackets open inside the predicate being read; undefined outside of predicates. */
  protected predicateBrackets: string[] | undefined;

  override expression(): Expression {
    let left = this.assignment();
    for (let links = 1; this.at(','); links++) {
      this.chained(links);
      this.advance();
      const right = this.assignment();
      left = { kind: 'comma', span: this.spanFrom(left.span.start), left, right };
    }
    return left;
  }

  /** An expression without top-level commas: arguments, initial values. */
  assignment(): Expression {
    this.enter();
    const target = this.conditional();
    const value = assignments.has(this.token.kind) ? this.assigned(target) : target;
    this.depth--;
    return value;
  }

  private assigned(target: Expression): Expression {
    const operator = this.advance().kind as AssignmentOperator;
    const value = this.assignment();
    return { kind: 'assignment', span: this.spanFrom(target.span.start), operator, target, value };
  }

  override conditional(): Expression {
    const condition = this.binary(1);
    if (!this.at('?')) return condition;
    return this.nested(() => {
      this.advance();
      const then = this.enclosed('?', () => this.expression());
      this.expect(':');
      const otherwise = this.conditional();
      return {
        kind: 'conditional',
        span: this.spanFrom(condition.span.start),
        condition,
        then,
        else: otherwise,
      };
    });
  }

  private binary(minimum: number): Expression {
    let left = this.unary();
    for (let links = 1; ; links++) {
      const { kind } = this.token;
      const level = precedence[kind];
      if (level === undefined || level < minimum || this.closesPredicate()) return left;
      this.chained(links);
      this.advance();
      const right = this.binary(level + 1);
      left = {
        kind: 'binary',
        span: this.spanFrom(left.span.start),
        operator: kind as BinaryOperator,
        left,
        right,
      };
    }
  }

  // ---- operands

  unary(): Expression {
    this.enter();
    const prefix = prefixes[this.token.kind];
    const value = prefix ? prefix(this, this.token) : this.postfix(this.primary());
    this.depth--;
    return value;
  }

  signed(operator: UnaryOperator): Expression {
    const { start } = this.advance();
    const operand = this.unary();
    return { kind: 'unary', span: this.spanFrom(start), operator, operand };
  }

  updated(operator: UpdateOperator): Expression {
    const { start } = this.advance();
    const operand = this.unary();
    return { kind: 'update', span: this.spanFrom(start), operator, prefix: true, operand };
  }

  stringof(): Expression {
    const { start } = this.advance();
    const operand = this.unary();
    return { kind: 'stringof', span: this.spanFrom(start), operand };
  }

  castOrParenthesis(): Expression {
    return this.castAhead() ? this.cast() : this.postfix(this.primary());
  }

  private cast(): Expression {
    const { start } = this.advance();
    const type = this.enclosed('(', () => this.typeName());
    this.expect(')');
    const operand = this.unary();
    return { kind: 'cast', span: this.spanFrom(start), type, operand };
  }

  /** At `(`: does it hold a type? */
  private castAhead(): boolean {
    return this.ahead(() => {
      this.advance();
      if (this.atType()) return true;
      // `(name) x` and `(name *) x` are casts whatever the name is: neither reads as an expression.
      if (!this.at('name') && !this.at('symbol')) return false;
      this.advance();
      if (this.take(')')) return operandStarts.has(this.token.kind);
      if (!this.at('*')) return false;
      while (this.take('*'));
      return this.at(')');
    });
  }

  sizeof(): Expression {
    const { start } = this.advance();
    if (!this.at('(') || !this.castAhead()) {
      const operand = this.unary();
      return { kind: 'sizeof', span: this.spanFrom(start), operand };
    }
    this.advance();
    const operand = this.enclosed('(', () => this.typeName());
    this.expect(')');
    return { kind: 'sizeof', span: this.spanFrom(start), operand };
  }

  private primary(): Expression {
    const { token } = this;
    const parse = primaries[token.kind];
    if (parse) return parse(this, token);
    const open = this.predicateBrackets?.findLast((bracket) => bracket !== '?');
    if (open !== undefined && this.closesPredicate()) this.failOpenPredicate(open === '(' ? ')' : ']');
    if (isUnused(token)) this.fail('syntax.reserved', this.tokenSpan(), { word: token.text });
    return this.unexpected('an expression');
  }

  private postfix(start: Expression): Expression {
    let value = start;
    for (let links = 1; ; links++) {
      const { kind } = this.token;
      const from = value.span.start;
      if (kind === '[') {
        const keys = this.list('[', ']');
        value = { kind: 'index', span: this.spanFrom(from), object: value, keys };
      } else if (kind === '(') {
        if (value.kind !== 'identifier') this.report('call.not-a-name', value.span);
        const list = this.list('(', ')');
        value = { kind: 'call', span: this.spanFrom(from), callee: value, arguments: list };
      } else if (kind === '.' || kind === '->') {
        this.advance();
        const name = this.memberName();
        value = { kind: 'member', span: this.spanFrom(from), object: value, arrow: kind === '->', name };
      } else if (kind === '++' || kind === '--') {
        this.advance();
        value = { kind: 'update', span: this.spanFrom(from), operator: kind, prefix: false, operand: value };
      } else return value;
      this.chained(links);
    }
  }

  /** Kernel structures have members called `self`, `string` or `import`: after `.` and `->` no word is reserved. */
  memberName(): Identifier {
    const { token } = this;
    if (token.kind !== 'name' && !keywordSet.has(token.kind)) this.unexpected('the name of a member');
    this.advance();
    return { span: this.tokenSpan(token), name: token.text };
  }

  /** `(a, b)` or `[a, b]`; arguments may be absent, keys may not. */
  private list(opener: '(' | '[', closer: ')' | ']'): Expression[] {
    this.advance();
    const items: Expression[] = [];
    if (opener === '(' && this.take(closer)) return items;
    this.enclosed(opener, () => {
      do items.push(this.assignment());
      while (this.take(','));
      this.closing(closer);
    });
    return items;
  }

  // ---- primaries, called through the table below

  leaf(make: (token: Token) => Expression): Expression {
    return make(this.advance());
  }

  parenthesised(): Expression {
    this.advance();
    return this.enclosed('(', () => {
      const value = this.expression();
      this.closing(')');
      return value;
    });
  }

  strings(): Expression {
    const { start, text } = this.advance();
    let value = text;
    while (this.at('text')) value += this.advance().text;
    return { kind: 'string', span: this.spanFrom(start), value };
  }

  scoped(scope: 'self' | 'this'): Expression {
    const { start } = this.advance();
    this.expect('->');
    const { name } = this.memberName();
    return { kind: 'scoped', span: this.spanFrom(start), scope, name };
  }

  aggregation(): Expression {
    const { start, text } = this.advance();
    const keys = this.at('[') ? this.list('[', ']') : undefined;
    return { kind: 'aggregation', span: this.spanFrom(start), name: text, ...(keys && { keys }) };
  }

  offsetof(): Expression {
    const { start } = this.advance();
    this.expect('(');
    const type = this.enclosed('(', () => this.typeName());
    this.expect(',');
    const member = this.memberName();
    this.closing(')');
    return { kind: 'offsetof', span: this.spanFrom(start), type, member };
  }

  xlate(): Expression {
    const { start } = this.advance();
    this.expect('<');
    const type = this.typeName();
    this.expect('>');
    if (!this.at('(')) this.unexpected("'(' and the value to translate");
    const operand = this.parenthesised();
    return { kind: 'xlate', span: this.spanFrom(start), type, operand };
  }

  // ---- predicates

  /** Inside brackets a `/` always divides. */
  protected enclosed<T>(opener: string, parse: () => T): T {
    this.predicateBrackets?.push(opener);
    const result = parse();
    this.predicateBrackets?.pop();
    return result;
  }

  private closing(closer: ')' | ']'): void {
    if (this.closesPredicate()) this.failOpenPredicate(closer);
    this.expect(closer);
  }

  /** Said of the line where the predicate turned out to be over. */
  private failOpenPredicate(closer: ')' | ']'): never {
    this.advance();
    return this.fail('syntax.predicate-open', this.at('end') ? this.endSpan() : this.tokenSpan(), { closer });
  }

  private closesPredicate(): boolean {
    const brackets = this.predicateBrackets;
    return (
      brackets !== undefined &&
      this.at('/') &&
      predicateEndsAt(this.source.text, this.token, brackets.length > 0)
    );
  }

  tokenRange(token: Token) {
    return this.tokenSpan(token);
  }
}

const sign =
  (operator: UnaryOperator): Primary =>
  (p) =>
    p.signed(operator);
const update =
  (operator: UpdateOperator): Primary =>
  (p) =>
    p.updated(operator);

/** What binds tighter than any binary operator and stands before its operand. */
const prefixes: Readonly<Partial<Record<TokenKind, Primary>>> = {
  '-': sign('-'),
  '+': sign('+'),
  '!': sign('!'),
  '~': sign('~'),
  '*': sign('*'),
  '&': sign('&'),
  '++': update('++'),
  '--': update('--'),
  '(': (p) => p.castOrParenthesis(),
  sizeof: (p) => p.sizeof(),
  stringof: (p) => p.stringof(),
};

const primaries: Readonly<Partial<Record<TokenKind, Primary>>> = {
  name: (p) => p.leaf((t) => ({ kind: 'identifier', span: p.tokenRange(t), name: t.text })),
  integer: (p) =>
    p.leaf((t) => ({
      kind: 'integer',
      span: p.tokenRange(t),
      value: t.value ?? 0n,
      suffix: t.suffix ?? '',
      decimal: t.decimal ?? true,
    })),
  character: (p) => p.leaf((t) => ({ kind: 'character', span: p.tokenRange(t), value: t.value ?? 0n })),
  real: (p) => p.leaf((t) => ({ kind: 'float', span: p.tokenRange(t), text: t.text })),
  macro: (p) => p.leaf((t) => ({ kind: 'macro', span: p.tokenRange(t), name: t.text })),
  symbol: (p) =>
    p.leaf((t) => ({ kind: 'symbol', span: p.tokenRange(t), module: t.module ?? '', name: t.text })),
  text: (p) => p.strings(),
  self: (p) => p.scoped('self'),
  this: (p) => p.scoped('this'),
  aggregation: (p) => p.aggregation(),
  offsetof: (p) => p.offsetof(),
  xlate: (p) => p.xlate(),
  '(': (p) => p.parenthesised(),
};

/** Words D reserves and gives no meaning to. */
const unused: ReadonlySet<string> = new Set([
  'case',
  'counter',
  'default',
  'goto',
  'import',
  'probe',
  'switch',
]);

export function isUnused(token: Token): boolean {
  return unused.has(token.kind);
}
