/** The outermost level: clauses, declarations, inlines, translators, providers, functions, control lines. */
import type {
  Block,
  Clause,
  DeclarationStatement,
  Declarator,
  Expression,
  FunctionDefinition,
  InlineDefinition,
  ProbeDescription,
  ProbeNumber,
  Program,
  ProviderDefinition,
  ProviderProbe,
  Specifiers,
  TopLevel,
  TranslatorDefinition,
} from '../ast.js';
import { declarationWords } from '../lexer/tokens.js';
import { diagnostic } from '../messages.js';
import type { Source } from '../source.js';
import { type ParseOptions, SyntaxFailure } from './cursor.js';
import { parseControl } from './pragmas.js';
import { predicateEndsAt } from './predicate.js';
import { alignProbe, leadingNumber, type ProbePart, partCount, probeNumber, scanProbe } from './probes.js';
import { StatementParser } from './statements.js';
import { quoteToken } from './words.js';

export interface ProgramOptions extends ParseOptions {
  /** Which part of a probe an abbreviated description ends with: -n, -f, -m, -P. Default: name. */
  readonly abbreviation?: ProbePart;
  /** A text without clauses or declarations is no error (libraries). */
  readonly allowEmpty?: boolean;
}

const firstWord = /[A-Za-z_]\w*/y;
/** What stands behind the type in `foo_t *x;`, `foo_t f(…)`, `foo_t a[…]`. */
const declaredName = /\s+(?:\*\s*)*[A-Za-z_]\w*\s*[;[(=,]|\s*\*[\s*]*[A-Za-z_]\w*\s*[;[(=,]/y;
const scopedType = /[\w]*`\w+/y;

export class ProgramParser extends StatementParser {
  private readonly declarations: TopLevel[] = [];
  private controlsTaken = 0;
  private readonly abbreviation: ProbePart;

  constructor(
    source: Source,
    private readonly program: ProgramOptions,
  ) {
    super(source, program);
    this.abbreviation = program.abbreviation ?? 'name';
  }

  parse(): Program {
    for (;;) {
      const start = this.lexer.skip();
      this.takeControls();
      if (start >= this.source.text.length) break;
      if (this.exhausted) {
        const values = { name: this.source.name };
        this.diagnostics.push(diagnostic('syntax.too-many', this.lexer.span(start, start + 1), values));
        break;
      }
      this.topLevel(start);
    }
    const end = this.source.text.length;
    if (this.declarations.length === 0 && this.diagnostics.length === 0 && !this.program.allowEmpty) {
      this.report('program.empty', this.lexer.span(end, end));
    }
    return { declarations: this.declarations };
  }

  /** Control lines become nodes at the boundary between two declarations that follows them. */
  private takeControls(): void {
    for (const line of this.lexer.controls.slice(this.controlsTaken)) {
      const pragma = parseControl(line, this.source, this.diagnostics);
      if (pragma) this.declarations.push(pragma);
    }
    this.controlsTaken = this.lexer.controls.length;
  }

  private topLevel(start: number): void {
    this.previousEnd = start;
    this.constructStart = start;
    try {
      const declares = this.declarationAt(start);
      if (declares) this.advance();
      this.declarations.push(declares ? this.declaration() : this.clause(start));
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      this.depth = 0;
      this.predicateBrackets = undefined;
      this.skipTopLevel(start);
    }
  }

  /** After an error: behind the next `;` or `}` that is not inside braces, or before a clause head at the margin. */
  private skipTopLevel(start: number): void {
    let braces = 0;
    // The lexer may stand behind the token where the error was found; that token counts.
    if (this.lexer.offset <= start) this.token = this.lexer.next();
    for (;;) {
      const { kind, end } = this.token;
      if (kind === 'end') return;
      if (this.token.start > start && this.atClauseHead()) {
        this.lexer.offset = this.token.start;
        return;
      }
      if (kind === '{') braces++;
      else if (kind === '}') braces--;
      if (braces <= 0 && (kind === ';' || kind === '}')) {
        this.lexer.offset = end;
        if (kind === '}') this.skipSemicolon();
        return;
      }
      this.advance();
    }
  }

  private skipSemicolon(): void {
    const at = this.lexer.skip();
    if (this.source.text.charAt(at) === ';') this.lexer.offset = at + 1;
  }

  /** Raw text decides between the two languages before any token is made. */
  private declarationAt(start: number): boolean {
    const { text } = this.source;
    if (text.charAt(start) === ';') return false;
    scopedType.lastIndex = start;
    const scoped = scopedType.exec(text)?.[0];
    firstWord.lastIndex = start;
    const word = scoped ?? firstWord.exec(text)?.[0];
    if (word === undefined) return false;
    const { end } = scanProbe(text, start);
    if (text.slice(start, end).includes(':')) return false;
    const after = start + word.length;
    if (declarationWords.has(word)) return end === after || text.charAt(after) === '*';
    declaredName.lastIndex = after;
    return declaredName.test(text);
  }

  // ---- clauses

  private clause(start: number): Clause {
    const probes = this.probes(start);
    const opening = this.lexer.next();
    this.token = opening;
    if (opening.kind === '/') {
      const predicate = this.predicate();
      if (!this.at('{')) {
        if (!this.at(';')) this.lexer.offset = this.previousEnd;
        return { kind: 'clause', span: this.spanFrom(start), probes, predicate };
      }
      const { statements } = this.body();
      return { kind: 'clause', span: this.spanFrom(start), probes, predicate, body: statements };
    }
    if (opening.kind === '{') {
      const { statements } = this.body();
      return { kind: 'clause', span: this.spanFrom(start), probes, body: statements };
    }
    // `dtrace -n name`: no actions at all. In a script something must follow.
    if (opening.kind === 'end' && this.program.abbreviation !== undefined) {
      return { kind: 'clause', span: this.spanFrom(start), probes };
    }
    if (opening.kind === ';') return { kind: 'clause', span: this.spanFrom(start), probes };
    // A comment that never ends has swallowed what follows; that is said already.
    if (opening.kind === 'end' && this.cutShort) throw new SyntaxFailure('no clause body');
    return this.fail('syntax.clause-body', this.spanFrom(start));
  }

  private body(): Block {
    return this.block(true);
  }

  private probes(start: number): (ProbeDescription | ProbeNumber)[] {
    const list = [this.probe(start)];
    for (;;) {
      const at = this.lexer.skip();
      if (
        list.at(-1)?.kind === 'probe-id' &&
        at === this.previousEnd &&
        scanProbe(this.source.text, at).end > at
      ) {
        list.push(this.probe(at));
        continue;
      }
      if (this.source.text.charAt(at) !== ',') return list;
      this.lexer.offset = at + 1;
      const next = this.lexer.skip();
      // A comma before the actions is in old scripts too.
      if (/[{/]/.test(this.source.text.charAt(next))) return list;
      list.push(this.probe(next));
    }
  }

  private probe(start: number): ProbeDescription | ProbeNumber {
    const { text } = this.source;
    const { end, open } = scanProbe(text, start);
    const span = this.lexer.span(start, end);
    if (open !== undefined) {
      this.lexer.offset = end;
      this.token = this.lexer.next();
      this.fail('syntax.probe-parenthesis', this.lexer.span(open, open + 1), { opener: text.charAt(open) });
    }
    if (end === start) {
      this.token = this.lexer.next();
      if (this.token.kind === '}') this.fail('syntax.extra-brace', this.tokenSpan());
      if (this.token.kind === 'bad') throw new SyntaxFailure('syntax error');
      this.fail('syntax.probe', this.tokenSpan(), { found: quoteToken(this.token, text) });
    }
    const written = text.slice(start, end);
    const number = leadingNumber(written, this.abbreviation);
    this.lexer.offset = start + (number ?? written).length;
    this.previousEnd = this.lexer.offset;
    if (number !== undefined) return this.numbered(number, start);
    const probe = alignProbe(written, this.abbreviation, span);
    if (probe) return probe;
    this.report('probe.overspecified', span, { text: written, count: partCount(this.abbreviation) });
    return { kind: 'probe', span, provider: '', module: '', function: '', name: written };
  }

  private numbered(written: string, start: number): ProbeNumber {
    const span = this.lexer.span(start, start + written.length);
    if (this.abbreviation !== 'name')
      this.report('probe.identifier', span, { id: written, part: this.abbreviation });
    const number = probeNumber(written, span);
    if (!number) this.report('syntax.probe-number', span, { text: written });
    return number ?? { kind: 'probe-id', span, id: 0 };
  }

  private predicate(): Expression {
    this.constructStart = this.token.start;
    this.advance();
    this.predicateBrackets = [];
    const value = this.expression();
    if (!this.at('/') || !predicateEndsAt(this.source.text, this.token))
      this.unexpected("'/' at the end of the predicate");
    this.predicateBrackets = undefined;
    this.advance();
    return value;
  }

  // ---- declarations

  private declaration(): TopLevel {
    const { kind } = this.token;
    if (kind === 'translator') return this.translator();
    if (kind === 'provider') return this.provider();
    const { start } = this.token;
    const specifiers = this.specifiers();
    if (specifiers.storage.some((s) => s.name === 'inline')) return this.inline(start, specifiers);
    return this.variables(start, specifiers);
  }

  private variables(start: number, specifiers: Specifiers): DeclarationStatement | FunctionDefinition {
    const declarators: { declarator: Declarator }[] = [];
    if (!this.at(';')) {
      do {
        const declarator = this.declarator('required');
        if (this.at('{')) return this.function(start, specifiers, declarator, declarators.length);
        if (this.at('=')) this.fail('syntax.initializer', this.tokenSpan());
        declarators.push({ declarator });
      } while (this.take(','));
    }
    this.expectLast(';');
    if (specifiers.storage.some((s) => s.name === 'typedef')) {
      for (const { declarator } of declarators) if (declarator.name) this.typedefs.add(declarator.name.name);
    }
    return { kind: 'declaration', span: this.spanFrom(start), specifiers, declarators };
  }

  private function(
    start: number,
    specifiers: Specifiers,
    declarator: Declarator,
    before: number,
  ): FunctionDefinition {
    if (declarator.modifiers[0]?.kind !== 'function') this.unexpected("';'");
    if (before > 0) this.fail('syntax.body-brace', this.tokenSpan());
    this.extension('a function', declarator.span);
    const body = this.block(true);
    return { kind: 'function', span: this.spanFrom(start), specifiers, declarator, body };
  }

  private inline(start: number, specifiers: Specifiers): InlineDefinition | FunctionDefinition {
    const declarator = this.declarator('required');
    // C's inline functions, from headers.
    if (this.at('{')) return this.function(start, specifiers, declarator, 0);
    this.expect('=');
    const value = this.assignment();
    this.expectLast(';');
    return { kind: 'inline', span: this.spanFrom(start), specifiers, declarator, value };
  }

  private translator(): TranslatorDefinition {
    const { start } = this.advance();
    const output = this.typeName();
    this.expect('<');
    const written = this.typeName('optional');
    const { name } = written.declarator;
    if (!name) this.unexpected("the name of the translator's input");
    const input = {
      ...written,
      declarator: { span: written.declarator.span, modifiers: written.declarator.modifiers },
    };
    this.expect('>');
    this.expect('{');
    const members: TranslatorDefinition['members'][number][] = [];
    while (!this.at('}')) {
      const member = this.memberName();
      this.expect('=');
      const value = this.assignment();
      this.expect(';');
      members.push({ span: this.spanFrom(member.span.start), name: member, value });
    }
    this.advance();
    this.expectLast(';');
    return { kind: 'translator', span: this.spanFrom(start), output, input, parameter: name, members };
  }

  private provider(): ProviderDefinition {
    const { start } = this.advance();
    const name = this.identifier('the name of a provider');
    this.expect('{');
    const probes: ProviderProbe[] = [];
    while (!this.at('}')) probes.push(this.providerProbe());
    this.advance();
    this.expectLast(';');
    return { kind: 'provider', span: this.spanFrom(start), name, probes };
  }

  private providerProbe(): ProviderProbe {
    const { start } = this.expect('probe');
    const name = this.memberName();
    const parameters = this.at('(') ? this.parameterList().parameters : [];
    const translated = this.take(':') ? this.parameterList().parameters : undefined;
    this.expect(';');
    return { span: this.spanFrom(start), name, parameters, ...(translated && { translated }) };
  }
}
