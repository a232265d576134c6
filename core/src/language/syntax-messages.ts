/**
 * Texts of what the preprocessor, the lexer and the parser report. Mistakes of grammar are announced the way every
 * DTrace does, by the word the parser stopped at; the hint says what was wrong with it.
 */
export const syntaxMessages = {
  // ---- characters and tokens
  'lexer.character': {
    tag: 'D_SYNTAX',
    text: 'syntax error near {character}',
    hint: 'this character has no meaning in D',
  },
  'lexer.comment-end': { tag: 'D_SYNTAX', text: 'end-of-file encountered before matching */' },
  'lexer.comment-close': { tag: 'D_SYNTAX', text: '*/ stands outside of a comment' },
  'lexer.control-end': { tag: 'D_SYNTAX', text: 'end-of-file encountered before end of control line' },
  'lexer.integer-digit': { tag: 'D_INT_DIGIT', text: 'constant {text} contains invalid digit {digit}' },
  'lexer.integer-range': { tag: 'D_INT_OFLOW', text: 'constant {text} results in integer overflow' },
  'lexer.character-newline': { tag: 'D_CHR_NL', text: 'newline encountered in character constant' },
  'lexer.character-empty': { tag: 'D_CHR_NULL', text: 'empty character constant' },
  'lexer.character-long': {
    tag: 'D_CHR_OFLOW',
    text: 'character constant is too long',
  },
  'lexer.character-end': { tag: 'D_SYNTAX', text: "this character constant is never closed with '" },
  'lexer.string-newline': { tag: 'D_STR_NL', text: 'newline encountered in string literal' },
  'lexer.string-end': { tag: 'D_SYNTAX', text: 'this string is never closed with "' },
  'lexer.macro': {
    tag: 'D_SYNTAX',
    text: 'syntax error near "$"',
    hint: "'$' must be followed by the name or number of a macro variable",
  },

  // ---- grammar
  'syntax.expected': { tag: 'D_SYNTAX', text: 'syntax error near {found}', hint: 'expected {expected}' },
  'syntax.number': {
    tag: 'D_SYNTAX',
    text: 'syntax error near {found}',
    hint: "'{text}' is neither a number nor a name",
  },
  'syntax.reserved': {
    tag: 'D_SYNTAX',
    text: 'syntax error near "{word}"',
    hint: 'this is a reserved word; D gives it no meaning here',
  },
  'syntax.too-deep': { tag: 'D_SYNTAX', text: 'nested too deeply (more than {limit} levels)' },
  'syntax.too-many': { tag: 'D_SYNTAX', text: 'too many errors; the rest of {name} was not read' },
  'syntax.extra-closer': { tag: 'D_SYNTAX', text: 'extra {closer} in input stream' },
  'syntax.extra-brace': {
    tag: 'D_SYNTAX',
    text: 'syntax error near "}"',
    hint: "there is no '{' for it to close",
  },
  'syntax.predicate-open': {
    tag: 'D_SYNTAX',
    text: 'closing {closer} expected in predicate before /',
  },
  'syntax.clause-open': {
    tag: 'D_SYNTAX',
    text: 'syntax error near {found}',
    hint: "the '{' in line {line} has no '}'",
  },
  'syntax.clause-body': {
    tag: 'D_SYNTAX',
    text: 'expected predicate and/or actions following probe description',
  },
  'syntax.probe': {
    tag: 'D_SYNTAX',
    text: 'syntax error near {found}',
    hint: 'expected a probe description or a declaration',
  },
  'syntax.probe-parenthesis': {
    tag: 'D_SYNTAX',
    text: "the '{opener}' in this probe description is never closed",
  },
  'syntax.probe-number': { tag: 'D_SYNTAX', text: '{text} is too large to be a probe id' },
  'syntax.empty-members': {
    tag: 'D_SYNTAX',
    text: 'syntax error near "}"',
    hint: 'this {kind} has no members',
  },
  'syntax.initializer': {
    tag: 'D_SYNTAX',
    text: 'syntax error near "="',
    hint: 'a global variable gets its value in a BEGIN clause, not where it is declared',
  },
  'syntax.extension': { tag: 'D_SYNTAX', text: '{what} is not part of classic D' },
  'syntax.typedef-place': {
    tag: 'D_SYNTAX',
    text: 'syntax error near "typedef"',
    hint: 'a typedef must stand outside of clauses',
  },
  'syntax.body-brace': {
    tag: 'D_SYNTAX',
    text: 'syntax error near "{"',
    hint: 'only one function can be defined at a time, with its body directly after it',
  },
  'probe.identifier': {
    tag: 'D_PDESC_INVAL',
    text: 'probe identifier {id} not permitted when specifying {part}s',
  },
  'probe.overspecified': {
    tag: 'D_PDESC_INVAL',
    text: 'invalid probe description "{text}": Overspecified probe description',
  },
  'program.empty': { tag: 'D_EMPTY', text: 'empty D program translation unit' },

  // ---- declarations the tree has no place for
  'declaration.scope': {
    tag: 'D_DECL_SCOPE',
    text: 'D scoping operator may not be used in a declaration name ({name})',
  },
  'declaration.combination': { tag: 'D_DECL_COMBO', text: 'invalid type combination' },
  'declaration.signed': {
    tag: 'D_DECL_SIGNINT',
    text: 'invalid type declaration: signed and unsigned may only be used with integer type',
  },
  'declaration.long': {
    tag: 'D_DECL_LONGINT',
    text: 'invalid type declaration: long and long long may only be used with integer or floating-point type',
  },

  'declaration.variadic-keys': {
    tag: 'D_DECL_PROTO_VARARGS',
    text: 'array prototype may not use a variable-length argument list',
  },

  // ---- control lines
  'control.unknown': { tag: 'D_PRAGCTL_INVAL', text: 'invalid control directive: #{name}' },
  'control.malformed': { tag: 'D_PRAGCTL_INVAL', text: 'malformed control line #{name}' },

  // ---- preprocessor
  'preprocessor.failed': { tag: 'D_CPP_ERR', text: 'Preprocessor failed to process input program' },
  'preprocessor.unknown': {
    tag: 'D_PRAGCTL_INVAL',
    text: '#{name} is not a directive the preprocessor knows',
  },
  'preprocessor.error': { tag: 'D_PRAGERR', text: '#error: {text}' },
  'preprocessor.warning': { tag: 'D_SYNTAX', text: '#warning: {text}' },
  'preprocessor.unbalanced': { tag: 'D_SYNTAX', text: '#{name} without #if' },
  'preprocessor.after-else': { tag: 'D_SYNTAX', text: '#{name} after #else' },
  'preprocessor.open': { tag: 'D_SYNTAX', text: 'this #{name} is never closed with #endif' },
  'preprocessor.name': { tag: 'D_SYNTAX', text: '#{name} needs the name of a macro' },
  'preprocessor.parameters': { tag: 'D_SYNTAX', text: 'the parameters of macro {name} are not well formed' },
  'preprocessor.paste': {
    tag: 'D_SYNTAX',
    text: '## cannot stand at the beginning or the end of macro {name}',
  },
  'preprocessor.arguments': { tag: 'D_SYNTAX', text: 'macro {name} takes {expected} arguments, not {found}' },
  'preprocessor.unclosed': { tag: 'D_SYNTAX', text: 'the arguments of macro {name} are never closed' },
  'preprocessor.expression': { tag: 'D_SYNTAX', text: '#{name}: expected {expected} but found {found}' },
  'preprocessor.division': { tag: 'D_DIV_ZERO', text: '#{name}: division by zero' },
  'preprocessor.include': { tag: 'D_SYNTAX', text: '#include needs "file" or <file>' },
  'preprocessor.missing': { tag: 'D_SYNTAX', text: 'cannot find {file} to include' },
  'preprocessor.include-depth': { tag: 'D_SYNTAX', text: 'files include each other more than {limit} deep' },
  'preprocessor.expansions': { tag: 'D_SYNTAX', text: 'the macros here expand to too much text' },
  'preprocessor.line': { tag: 'D_SYNTAX', text: '#line needs a number, and perhaps a "file"' },
} as const;
