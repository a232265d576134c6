/** Declaration specifiers, records, enumerations, declarators and type names. */
import type {
  BaseType,
  Declarator,
  DeclaratorModifier,
  EnumType,
  Expression,
  Identifier,
  MemberDeclaration,
  Parameter,
  RecordType,
  Specifiers,
  Storage,
  TypeName,
} from '../ast.js';
import { declarationWords, type Keyword, type Token } from '../lexer/tokens.js';
import type { Span } from '../source.js';
import { Cursor } from './cursor.js';

const storageWords: ReadonlySet<string> = new Set<Storage & Keyword>([
  'auto',
  'register',
  'static',
  'extern',
  'typedef',
  'self',
  'this',
  'inline',
]);
const qualifierWords: ReadonlySet<string> = new Set<Keyword>(['const', 'volatile', 'restrict', 'userland']);
const typeWords: ReadonlySet<string> = new Set<Keyword>([
  'void',
  'char',
  'short',
  'int',
  'long',
  'float',
  'double',
  'signed',
  'unsigned',
]);
const tagWords: ReadonlySet<string> = new Set<Keyword>(['struct', 'union', 'enum']);
const notDeclaring: ReadonlySet<string> = new Set<Keyword>(['provider', 'translator']);

type Qualifier = Specifiers['qualifiers'][number];
interface TagName {
  readonly module?: string;
  readonly tag: string;
  readonly span: Span;
}
/** Whether a declarator has a name; `none`: nothing but pointers. */
type NameRule = 'required' | 'optional' | 'none';

export abstract class TypeParser extends Cursor {
  /** An expression without commas or assignments: sizes, widths, enumerator values. */
  abstract conditional(): Expression;
  abstract expression(): Expression;

  // ---- telling types from values

  /** A declaration or type name starts at the current token. */
  protected atType(): boolean {
    const { token } = this;
    if (token.kind === 'self' || token.kind === 'this')
      return this.ahead(() => {
        this.advance();
        return !this.at('->');
      });
    if (declarationWords.has(token.kind)) return !notDeclaring.has(token.kind);
    return this.atNamedType();
  }

  protected atNamedType(): boolean {
    const { token } = this;
    if (token.kind === 'symbol') return tagWords.has(token.text) || this.isTypeName(token.text, token.module);
    return token.kind === 'name' && this.isTypeName(token.text);
  }

  // ---- specifiers

  specifiers(): Specifiers {
    this.enter();
    const { start } = this.token;
    const storage: { name: Storage; span: Span }[] = [];
    const qualifiers: Qualifier[] = [];
    const words: Token[] = [];
    let base: BaseType | undefined;
    for (;;) {
      const { token } = this;
      if (storageWords.has(token.kind)) {
        storage.push({ name: token.kind as Storage, span: this.tokenSpan() });
        this.advance();
      } else if (qualifierWords.has(token.kind)) {
        qualifiers.push(token.kind as Qualifier);
        this.advance();
      } else if (typeWords.has(token.kind)) {
        words.push(this.advance());
      } else if (this.startsBase(base !== undefined || words.length > 0)) {
        const next = this.base();
        if (base) this.combination(base, next);
        base = next;
      } else break;
    }
    this.depth--;
    if (base && words.length > 0) this.wordsBeside(words, base);
    const span = this.spanFrom(start);
    return {
      span,
      storage,
      qualifiers,
      type: base ?? { kind: 'words', span: wordSpan(words, span), words: words.map((w) => w.text) },
    };
  }

  private startsBase(complete: boolean): boolean {
    const { kind } = this.token;
    if (tagWords.has(kind) || kind === 'string') return true;
    // `int foo_t`: after a type, a name is what is being declared.
    return !complete && this.startsTypedefName();
  }

  private startsTypedefName(): boolean {
    if (this.atNamedType()) return true;
    // An unknown type is the checker's to report where the text can be nothing but a declaration.
    if (!this.at('name') && !this.at('symbol')) return false;
    return this.ahead(() => {
      this.advance();
      while (this.at('*') || qualifierWords.has(this.token.kind)) this.advance();
      return this.at('name');
    });
  }

  private base(): BaseType {
    const { token } = this;
    if (token.kind === 'string') return { kind: 'string', span: this.tokenSpan(this.advance()) };
    if (token.kind === 'enum') return this.enumType();
    if (token.kind === 'struct' || token.kind === 'union') return this.recordType(token.kind);
    this.advance();
    const span = this.tokenSpan(token);
    if (token.kind !== 'symbol') return { kind: 'name', span, name: token.text };
    const module = token.module ?? '';
    if (token.text === 'enum') return this.enumAfter(token.start, module);
    if (token.text === 'struct' || token.text === 'union')
      return this.recordAfter(token.text, token.start, module);
    return { kind: 'name', span, module, name: token.text };
  }

  private combination(first: BaseType, second: BaseType): void {
    const words = `${baseText(first)} ${baseText(second)}`;
    const hint = 'members' in first || 'enumerators' in first ? "is a ';' missing after the '}'?" : undefined;
    this.report('declaration.combination', second.span, { words }, hint);
  }

  /** `unsigned struct s`, `long string`, `char foo_t`: the tree keeps the base type alone. */
  private wordsBeside(words: readonly Token[], base: BaseType): void {
    const integer = words.find((w) => w.kind === 'signed' || w.kind === 'unsigned');
    const long = words.find((w) => w.kind === 'long' || w.kind === 'short');
    if (integer) this.report('declaration.signed', this.tokenSpan(integer), { word: integer.text });
    else if (long) this.report('declaration.long', this.tokenSpan(long), { word: long.text });
    else
      this.report('declaration.combination', base.span, {
        words: `${words.map((w) => w.text).join(' ')} ${baseText(base)}`,
      });
  }

  // ---- struct, union, enum

  private recordType(kind: 'struct' | 'union'): RecordType {
    const { start } = this.advance();
    return this.recordAfter(kind, start);
  }

  private recordAfter(kind: 'struct' | 'union', start: number, module?: string): RecordType {
    const tag = this.tagName(module);
    if (!tag && !this.at('{')) this.unexpected(`the name of a ${kind} or '{'`);
    const members = this.at('{') ? this.members(kind) : undefined;
    return { kind, span: this.spanFrom(start), ...tagFields(tag), ...(members && { members }) };
  }

  private tagName(module?: string): TagName | undefined {
    const { token } = this;
    if (token.kind !== 'name' && token.kind !== 'symbol') return undefined;
    this.advance();
    const within = token.module ?? module;
    return { tag: token.text, span: this.tokenSpan(token), ...(within !== undefined && { module: within }) };
  }

  private members(kind: string): MemberDeclaration[] {
    return this.nested(() => {
      this.advance();
      if (this.at('}')) this.fail('syntax.empty-members', this.tokenSpan(), { kind });
      const members: MemberDeclaration[] = [];
      while (!this.at('}') && !this.at('end')) members.push(this.member());
      this.expect('}');
      return members;
    });
  }

  private member(): MemberDeclaration {
    const { start } = this.token;
    if (!this.atType() && !this.startsTypedefName()) this.unexpected('the type of a member');
    const specifiers = this.specifiers();
    const declarators: { declarator: Declarator; bits?: Expression }[] = [];
    if (!this.at(';')) {
      do {
        const declarator = this.declarator(this.at(':') ? 'none' : 'required');
        declarators.push(this.take(':') ? { declarator, bits: this.conditional() } : { declarator });
      } while (this.take(','));
    }
    this.expect(';');
    return { span: this.spanFrom(start), specifiers, declarators };
  }

  private enumType(): EnumType {
    const { start } = this.advance();
    return this.enumAfter(start);
  }

  private enumAfter(start: number, module?: string): EnumType {
    const tag = this.tagName(module);
    if (!tag && !this.at('{')) this.unexpected("the name of an enum or '{'");
    const enumerators = this.at('{') ? this.enumerators() : undefined;
    return {
      kind: 'enum',
      span: this.spanFrom(start),
      ...tagFields(tag),
      ...(enumerators && { enumerators }),
    };
  }

  private enumerators(): NonNullable<EnumType['enumerators']> {
    this.advance();
    if (this.at('}')) this.fail('syntax.empty-members', this.tokenSpan(), { kind: 'enum' });
    const list: { span: Span; name: Identifier; value?: Expression }[] = [];
    while (!this.at('}')) {
      const name = this.identifier('the name of an enumeration constant');
      const value = this.take('=') ? this.conditional() : undefined;
      list.push({ span: this.spanFrom(name.span.start), name, ...(value && { value }) });
      if (!this.take(',')) break;
    }
    this.expect('}');
    return list;
  }

  // ---- declarators

  protected declarator(rule: NameRule): Declarator {
    return this.nested(() => {
      const { start } = this.token;
      const pointers: DeclaratorModifier[] = [];
      while (this.at('*')) {
        const star = this.advance();
        const qualifiers: string[] = [];
        while (qualifierWords.has(this.token.kind)) qualifiers.push(this.advance().text);
        pointers.unshift({ kind: 'pointer', span: this.spanFrom(star.start), qualifiers });
        this.chained(pointers.length);
      }
      const inner = this.directDeclarator(rule);
      const suffixes = rule === 'none' ? [] : this.declaratorSuffixes();
      const modifiers = [...inner.modifiers, ...suffixes, ...pointers];
      return { span: this.spanFrom(start), modifiers, ...(inner.name && { name: inner.name }) };
    });
  }

  private directDeclarator(rule: NameRule): Pick<Declarator, 'name' | 'modifiers'> {
    if (rule === 'none') return { modifiers: [] };
    if (this.at('(') && (rule === 'required' || this.nestedDeclaratorAhead())) {
      this.advance();
      const inner = this.declarator(rule);
      this.expect(')');
      return inner;
    }
    const { token } = this;
    if (token.kind === 'symbol') {
      this.report('declaration.scope', this.tokenSpan(), {
        name: this.source.text.slice(token.start, token.end),
      });
      this.advance();
      return { name: { span: this.tokenSpan(token), name: token.text }, modifiers: [] };
    }
    if (rule === 'optional' && token.kind !== 'name') return { modifiers: [] };
    return { name: this.identifier('a name to declare'), modifiers: [] };
  }

  /** In an abstract declarator `(` opens either a nested declarator, `int (*)(void)`, or parameters, `int (char)`. */
  private nestedDeclaratorAhead(): boolean {
    return this.ahead(() => {
      this.advance();
      return this.at('*') || this.at('(') || this.at('[') || (this.at('name') && !this.atNamedType());
    });
  }

  private declaratorSuffixes(): DeclaratorModifier[] {
    const suffixes: DeclaratorModifier[] = [];
    for (;;) {
      if (this.at('[')) suffixes.push(this.bracketSuffix());
      else if (this.at('(')) suffixes.push(this.parameterSuffix());
      else return suffixes;
      this.chained(suffixes.length);
    }
  }

  private bracketSuffix(): DeclaratorModifier {
    const { start } = this.advance();
    if (this.take(']')) return { kind: 'array', span: this.spanFrom(start) };
    if (!this.atType() && !this.at('...')) {
      const size = this.conditional();
      this.expect(']');
      return { kind: 'array', span: this.spanFrom(start), size };
    }
    const keys: TypeName[] = [];
    do {
      if (this.at('...')) this.fail('declaration.variadic-keys', this.tokenSpan());
      keys.push(this.typeName('optional'));
    } while (this.take(','));
    this.expect(']');
    return { kind: 'keys', span: this.spanFrom(start), keys };
  }

  private parameterSuffix(): DeclaratorModifier {
    const { start } = this.token;
    const { parameters, variadic } = this.parameterList();
    return { kind: 'function', span: this.spanFrom(start), parameters, variadic };
  }

  protected parameterList(): { parameters: Parameter[]; variadic: boolean } {
    this.expect('(');
    const parameters: Parameter[] = [];
    let variadic = false;
    if (!this.at(')')) {
      do {
        if (this.take('...')) {
          variadic = true;
          break;
        }
        parameters.push(this.parameter());
      } while (this.take(','));
    }
    this.expect(')');
    return { parameters, variadic };
  }

  protected parameter(): Parameter {
    const { start } = this.token;
    if (!this.atType() && !this.at('name') && !this.at('symbol')) this.unexpected('the type of a parameter');
    const specifiers = this.specifiersOrName();
    const declarator = this.declarator('optional');
    return { span: this.spanFrom(start), specifiers, declarator };
  }

  // ---- type names

  /** A type where nothing but a type can stand. `rule` lets keys and parameters be named. */
  protected typeName(rule: NameRule = 'optional'): TypeName {
    const { start } = this.token;
    const specifiers = this.specifiersOrName();
    const declarator = this.declarator(rule);
    return { kind: 'type-name', span: this.spanFrom(start), specifiers, declarator };
  }

  /** Takes a name as a type even when nobody knows it: the checker says so better. */
  private specifiersOrName(): Specifiers {
    const { token } = this;
    const { start } = token;
    if (this.atType() || this.startsTypedefName()) return this.specifiers();
    if (token.kind !== 'name' && token.kind !== 'symbol') this.unexpected('a type');
    const type = this.base();
    return { span: this.spanFrom(start), storage: [], qualifiers: [], type };
  }

  // ---- names

  protected identifier(purpose: string): Identifier {
    const { token } = this;
    if (token.kind === 'name') {
      this.advance();
      return { span: this.tokenSpan(token), name: token.text };
    }
    return this.unexpected(purpose);
  }
}

function tagFields(tag: TagName | undefined): { module?: string; tag?: string } {
  if (!tag) return {};
  return { tag: tag.tag, ...(tag.module !== undefined && { module: tag.module }) };
}

function wordSpan(words: readonly Token[], otherwise: Span): Span {
  const first = words[0];
  const last = words.at(-1);
  return first && last ? { source: otherwise.source, start: first.start, end: last.end } : otherwise;
}

function baseText(type: BaseType): string {
  return type.span.source.text.slice(type.span.start, type.span.end).replace(/\{[\s\S]*$/, '{ … }');
}
