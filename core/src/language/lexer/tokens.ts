/**
 * What the lexer hands out. A punctuator's kind is its own text, a keyword's kind is the keyword, so that the
 * parser's tables are keyed by what one reads in a script. Kinds of their own must not read like keywords: a
 * string literal is a `text`, a float a `real`.
 */
export type TokenKind =
  | 'name'
  | 'integer'
  | 'character'
  | 'real'
  | 'text'
  | 'macro'
  | 'aggregation'
  | 'symbol'
  | 'end'
  | 'bad'
  | Keyword
  | Punctuator;

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** Name, decoded string, macro with its dollars, or the text as written. */
  readonly text: string;
  /** Integers and characters. */
  readonly value?: bigint;
  /** Integer suffix, lower-cased. */
  readonly suffix?: string;
  readonly decimal?: boolean;
  /** Symbols: what stands before the last backtick. */
  readonly module?: string;
}

export const keywords = [
  'auto', 'break', 'case', 'char', 'const', 'continue', 'counter', 'default', 'do', 'double', 'else', 'enum',
  'extern', 'float', 'for', 'goto', 'if', 'import', 'inline', 'int', 'long', 'offsetof', 'probe', 'provider',
  'register', 'restrict', 'return', 'self', 'short', 'signed', 'sizeof', 'static', 'string', 'stringof', 'struct',
  'switch', 'this', 'translator', 'typedef', 'union', 'unsigned', 'userland', 'void', 'volatile', 'while', 'xlate',
] as const; // biome-ignore format: a word list
export type Keyword = (typeof keywords)[number];

/** Longest first among those that share a beginning. */
export const punctuators = [
  '<<=',
  '>>=',
  '...',
  '->',
  '++',
  '--',
  '<<',
  '>>',
  '<=',
  '>=',
  '==',
  '!=',
  '&&',
  '||',
  '^^',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '|',
  '^',
  '!',
  '~',
  '<',
  '>',
  '=',
  '?',
  ':',
  ',',
  '.',
  ';',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
] as const;
export type Punctuator = (typeof punctuators)[number];

export const keywordSet: ReadonlyMap<string, Keyword> = new Map(keywords.map((word) => [word, word]));

/** Words that begin a declaration, or stand among its specifiers. */
export const declarationWords: ReadonlySet<string> = new Set<Keyword>([
  'auto',
  'char',
  'const',
  'double',
  'enum',
  'extern',
  'float',
  'inline',
  'int',
  'long',
  'provider',
  'register',
  'restrict',
  'self',
  'short',
  'signed',
  'static',
  'string',
  'struct',
  'this',
  'translator',
  'typedef',
  'union',
  'unsigned',
  'userland',
  'void',
  'volatile',
]);
