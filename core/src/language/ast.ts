/**
 * The syntax tree: what was written, with spans, before any name is resolved.
 * Every node is plain data. Later stages never change it; the checker builds a new tree (`checked.ts`).
 */
import type { Span } from './source.js';

interface Node {
  readonly span: Span;
}

export interface Identifier extends Node {
  readonly name: string;
}

// ---- program -------------------------------------------------------------------------------------------

export interface Program {
  readonly declarations: readonly TopLevel[];
}

export type TopLevel =
  | Clause
  | DeclarationStatement
  | InlineDefinition
  | TranslatorDefinition
  | ProviderDefinition
  | FunctionDefinition
  | Pragma;

/** `provider:module:function:name`, each part possibly empty or a glob; abbreviations are already aligned right. */
export interface ProbeDescription extends Node {
  readonly kind: 'probe';
  readonly provider: string;
  readonly module: string;
  readonly function: string;
  readonly name: string;
}

/** A probe given by number, as in `dtrace -i 5`. */
export interface ProbeNumber extends Node {
  readonly kind: 'probe-id';
  readonly id: number;
}

export interface Clause extends Node {
  readonly kind: 'clause';
  readonly probes: readonly (ProbeDescription | ProbeNumber)[];
  readonly predicate?: Expression;
  /** undefined: no braces were written (default action). */
  readonly body?: readonly Statement[];
}

export interface InlineDefinition extends Node {
  readonly kind: 'inline';
  readonly specifiers: Specifiers;
  readonly declarator: Declarator;
  readonly value: Expression;
}

export interface TranslatorDefinition extends Node {
  readonly kind: 'translator';
  readonly output: TypeName;
  readonly input: TypeName;
  readonly parameter: Identifier;
  readonly members: readonly { readonly span: Span; readonly name: Identifier; readonly value: Expression }[];
}

export interface ProviderDefinition extends Node {
  readonly kind: 'provider';
  readonly name: Identifier;
  readonly probes: readonly ProviderProbe[];
}

export interface ProviderProbe extends Node {
  readonly name: Identifier;
  readonly parameters: readonly Parameter[];
  /** `probe p(int a) : (translated_t *b)`: undefined when no translated list was written. */
  readonly translated?: readonly Parameter[];
}

/** DTrace++: a user function. */
export interface FunctionDefinition extends Node {
  readonly kind: 'function';
  readonly specifiers: Specifiers;
  readonly declarator: Declarator;
  readonly body: Block;
}

/** `#pragma D name argument...`, and the other control lines that reach the parser. */
export interface Pragma extends Node {
  readonly kind: 'pragma';
  /** `option`, `attributes`, `binding`, `depends_on`, `error`, `line`, … as written; empty for an empty one. */
  readonly name: string;
  readonly arguments: readonly PragmaArgument[];
  /** false for `#pragma` lines not addressed to D, which are ignored. */
  readonly addressed: boolean;
}

export interface PragmaArgument extends Node {
  readonly text: string;
  readonly quoted: boolean;
}

// ---- declarations --------------------------------------------------------------------------------------

export type Storage = 'auto' | 'register' | 'static' | 'extern' | 'typedef' | 'self' | 'this' | 'inline';

export interface Specifiers extends Node {
  readonly storage: readonly { readonly name: Storage; readonly span: Span }[];
  /** `userland`: D's word for memory of the traced process. */
  readonly qualifiers: readonly ('const' | 'volatile' | 'restrict' | 'userland')[];
  readonly type: BaseType;
}

export type BaseType =
  /** C's keyword types: words as written, e.g. ['unsigned', 'long']. May be empty (implicit int). */
  | { readonly kind: 'words'; readonly span: Span; readonly words: readonly string[] }
  /** D's `string` keyword. */
  | { readonly kind: 'string'; readonly span: Span }
  /** A typedef name, possibly scoped: module`name. */
  | { readonly kind: 'name'; readonly span: Span; readonly module?: string; readonly name: string }
  | RecordType
  | EnumType
  | { readonly kind: 'typeof'; readonly span: Span; readonly value: Expression };

export interface RecordType extends Node {
  readonly kind: 'struct' | 'union';
  readonly module?: string;
  readonly tag?: string;
  /** undefined: a reference to a tag only. */
  readonly members?: readonly MemberDeclaration[];
}

export interface MemberDeclaration extends Node {
  readonly specifiers: Specifiers;
  /** Empty for an anonymous struct or union member. */
  readonly declarators: readonly { readonly declarator: Declarator; readonly bits?: Expression }[];
}

export interface EnumType extends Node {
  readonly kind: 'enum';
  readonly module?: string;
  readonly tag?: string;
  readonly enumerators?: readonly {
    readonly span: Span;
    readonly name: Identifier;
    readonly value?: Expression;
  }[];
}

/** A declarator read inside out: `modifiers[0]` applies to the name first, the specifiers' type comes last. */
export interface Declarator extends Node {
  /** Absent in abstract declarators. */
  readonly name?: Identifier;
  readonly modifiers: readonly DeclaratorModifier[];
}

export type DeclaratorModifier =
  | { readonly kind: 'pointer'; readonly span: Span; readonly qualifiers: readonly string[] }
  /** C array, or with `keys` a D associative array's signature (`int a[string, int]`). */
  | { readonly kind: 'array'; readonly span: Span; readonly size?: Expression }
  | { readonly kind: 'keys'; readonly span: Span; readonly keys: readonly TypeName[] }
  | {
      readonly kind: 'function';
      readonly span: Span;
      readonly parameters: readonly Parameter[];
      readonly variadic: boolean;
    };

export interface Parameter extends Node {
  readonly specifiers: Specifiers;
  readonly declarator: Declarator;
}

export interface DeclarationStatement extends Node {
  readonly kind: 'declaration';
  readonly specifiers: Specifiers;
  readonly declarators: readonly { readonly declarator: Declarator; readonly initializer?: Expression }[];
}

/** A type as written in casts, sizeof, xlate <…> and parameters of translators. */
export interface TypeName extends Node {
  readonly kind: 'type-name';
  readonly specifiers: Specifiers;
  readonly declarator: Declarator;
}

// ---- statements ----------------------------------------------------------------------------------------

export type Statement =
  | { readonly kind: 'expression'; readonly span: Span; readonly value: Expression }
  | { readonly kind: 'empty'; readonly span: Span }
  | DeclarationStatement
  | Block
  | {
      readonly kind: 'if';
      readonly span: Span;
      readonly condition: Expression;
      readonly then: Statement;
      readonly else?: Statement;
    }
  | { readonly kind: 'while'; readonly span: Span; readonly condition: Expression; readonly body: Statement }
  | { readonly kind: 'do'; readonly span: Span; readonly condition: Expression; readonly body: Statement }
  | {
      readonly kind: 'for';
      readonly span: Span;
      readonly init?: Statement;
      readonly condition?: Expression;
      readonly step?: Expression;
      readonly body: Statement;
    }
  | { readonly kind: 'return'; readonly span: Span; readonly value?: Expression }
  | { readonly kind: 'break' | 'continue'; readonly span: Span };

export interface Block extends Node {
  readonly kind: 'block';
  readonly statements: readonly Statement[];
}

// ---- expressions ---------------------------------------------------------------------------------------

export type UnaryOperator = '-' | '+' | '!' | '~' | '*' | '&';
export type UpdateOperator = '++' | '--';
export type BinaryOperator =
  | '*'
  | '/'
  | '%'
  | '+'
  | '-'
  | '<<'
  | '>>'
  | '<'
  | '<='
  | '>'
  | '>='
  | '=='
  | '!='
  | '&'
  | '^'
  | '|'
  | '&&'
  | '^^'
  | '||';
export type AssignmentOperator = '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '<<=' | '>>=' | '&=' | '^=' | '|=';

export type Expression =
  /** `suffix`: the letters as written, lower-cased ('', 'u', 'l', 'ul', 'll', 'ull'); `decimal`: base 10. */
  | {
      readonly kind: 'integer';
      readonly span: Span;
      readonly value: bigint;
      readonly suffix: string;
      readonly decimal: boolean;
    }
  /** Character constant: 'a', 'ab'… (type int). */
  | { readonly kind: 'character'; readonly span: Span; readonly value: bigint }
  | { readonly kind: 'float'; readonly span: Span; readonly text: string }
  /** Escapes already decoded; adjacent literals already joined. */
  | { readonly kind: 'string'; readonly span: Span; readonly value: string }
  | { readonly kind: 'identifier'; readonly span: Span; readonly name: string }
  /** module`name, `name (kernel symbol), module`…: `module` empty when not written. */
  | { readonly kind: 'symbol'; readonly span: Span; readonly module: string; readonly name: string }
  | { readonly kind: 'scoped'; readonly span: Span; readonly scope: 'self' | 'this'; readonly name: string }
  /** $name: $pid, $target, $1, $$1, $#, $0 … as written with its dollars. */
  | { readonly kind: 'macro'; readonly span: Span; readonly name: string }
  /** @, @name: `keys` undefined without brackets. */
  | {
      readonly kind: 'aggregation';
      readonly span: Span;
      readonly name: string;
      readonly keys?: readonly Expression[];
    }
  | {
      readonly kind: 'call';
      readonly span: Span;
      readonly callee: Expression;
      readonly arguments: readonly Expression[];
    }
  /** a[i] and a[i, j, …]. */
  | {
      readonly kind: 'index';
      readonly span: Span;
      readonly object: Expression;
      readonly keys: readonly Expression[];
    }
  | {
      readonly kind: 'member';
      readonly span: Span;
      readonly object: Expression;
      readonly arrow: boolean;
      readonly name: Identifier;
    }
  | {
      readonly kind: 'unary';
      readonly span: Span;
      readonly operator: UnaryOperator;
      readonly operand: Expression;
    }
  | {
      readonly kind: 'update';
      readonly span: Span;
      readonly operator: UpdateOperator;
      readonly prefix: boolean;
      readonly operand: Expression;
    }
  | {
      readonly kind: 'binary';
      readonly span: Span;
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'conditional';
      readonly span: Span;
      readonly condition: Expression;
      readonly then: Expression;
      readonly else: Expression;
    }
  | {
      readonly kind: 'assignment';
      readonly span: Span;
      readonly operator: AssignmentOperator;
      readonly target: Expression;
      readonly value: Expression;
    }
  | { readonly kind: 'comma'; readonly span: Span; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'cast'; readonly span: Span; readonly type: TypeName; readonly operand: Expression }
  /** sizeof expr, sizeof (type); `stringof x` and `xlate` are below. */
  | { readonly kind: 'sizeof'; readonly span: Span; readonly operand: Expression | TypeName }
  | { readonly kind: 'offsetof'; readonly span: Span; readonly type: TypeName; readonly member: Identifier }
  | { readonly kind: 'stringof'; readonly span: Span; readonly operand: Expression }
  | { readonly kind: 'xlate'; readonly span: Span; readonly type: TypeName; readonly operand: Expression };
