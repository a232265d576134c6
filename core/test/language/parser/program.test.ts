import { describe, expect, test } from 'vitest';
import { parseProbeDescription, parseTypeName } from '../../../src/language/parser/index.js';
import { complaints, parse, showTop, showType, written } from './support.js';

const valid: readonly [string, ...string[]][] = [
  // probe descriptions
  ['BEGIN {}', ':::BEGIN {  }'],
  [
    'syscall::read*:entry, fbt:kernel:?foo[a-z]:return { }',
    'syscall::read*:entry, fbt:kernel:?foo[a-z]:return {  }',
  ],
  ['a:b {}', '::a:b {  }'],
  ['a:b:c {}', ':a:b:c {  }'],
  ['profile-1000hz,tick-5 {}', ':::profile-1000hz, :::tick-5 {  }'],
  ['pid$target:a.out:-:10* {}', 'pid$target:a.out:-:10* {  }'],
  ['pid$1:::entry /1/', 'pid$1:::entry /1/'],
  ['3, 17 {}', '#3, #17 {  }'],
  ['pid1:a.out:ns`max(int, std::pair<int>):entry {}', 'pid1:a.out:ns`max(int, std::pair<int>):entry {  }'],
  ['pid1:a.out:ns::in::f:entry {}', 'pid1:a.out:ns::in::f:entry {  }'],
  ['pid/opt/x-1/bin/y:a.out:f:entry {}', 'pid/opt/x-1/bin/y:a.out:f:entry {  }'],
  ['int*:::x {}', 'int*:::x {  }'],
  ['syscall:::entry, {}', 'syscall:::entry {  }'],
  // predicates and division
  ['a /x / 2 == 1/ {}', ':::a /(== (/ x 2) 1)/ {  }'],
  ['a /(x / {1} == 1)/ {}'.replace('{1}', 'y'), ':::a /(== (/ x y) 1)/ {  }'],
  ['a/x/{}', ':::a /x/ {  }'],
  ['a /x/ /* why */ {}', ':::a /x/ {  }'],
  ['a /x/ // why\n {}', ':::a /x/ {  }'],
  ['a /x[1 / 2]/ {}', ':::a /(index x (/ 1 2))/ {  }'],
  ['a /x/; b /y/;', ':::a /x/', ':::b /y/'],
  ['a /x/\n#pragma D option quiet\n{}', ':::a /x/ {  }', '#pragma D option quiet'],
  // statements
  ['a { x = 1; trace(x) }', ':::a { (= x 1); (call trace x); }'],
  ['a { ;; }', ':::a { ; ; }'],
  [
    'a { this int x; self string s, t; this->x = 1; }',
    ':::a { this int x; self string s, t; (= this->x 1); }',
  ],
  ['a { int i = 1; foo_t *p; }', ':::a { int i = 1; <foo_t> p *; }'],
  ['a { if (x) y; else { z; } }', ':::a { if x y; else { z; } }'],
  ['a { if (x) if (y) 1; else 2; }', ':::a { if x if y 1; else 2; }'],
  ['a { while (x) { break; continue; } }', ':::a { while x { break; continue; } }'],
  ['a { do x++; while (x < 3); }', ':::a { do (_++ x); while (< x 3); }'],
  ['a { for (int i = 0; i < 3; i++) ; }', ':::a { for [int i = 0;|(< i 3)|(_++ i)] ; }'],
  ['a { for (;;) return; }', ':::a { for [||] return; }'],
  ['a { x = a //* c */ b\n; }', ':::a { (= x (/ a b)); }'],
  ['//* banner *\na { x; // tail\n}', ':::a { x; }'],
  // declarations
  ['int x;', 'int x;'],
  ['int*x;', 'int x *;'],
  ['this x;', 'this x;'],
  ['foo_t x;', '<foo_t> x;'],
  ['foo *x, y[3];', '<foo> x *, y [3];'],
  ['mod`foo_t x;', '<mod`foo_t> x;'],
  ['int a[string, foo_t *];', 'int a {string, <foo_t> *};'],
  ['self uint64_t ts[int];', 'self <uint64_t> ts {int};'],
  ['int (*fp)(int, char *), *f(void);', 'int fp * (int, char *), f (void) *;'],
  ['extern int;', 'extern int ;'],
  [
    'struct s { int a:3, :2; struct { char c; }; enum e f[2]; };',
    'struct s{int a:3,:2; struct {char c}; enum e f [2]} ;',
  ],
  ['enum e { A, B = 2, };', 'enum e{A; B=2} ;'],
  ['typedef int T; T x; a { y = (T)-1; }', 'typedef int T;', '<T> x;', ':::a { (= y (cast <T> (- 1))); }'],
  ['userland struct s *p;', 'userland struct s p *;'],
  ['inline int N = 3 + 4;', 'inline int N = (+ 3 4)'],
  ['inline int f[int i, string s] = i;', 'inline int f {int i, string s} = i'],
  ['int f(int a) { return a; }', 'int f (int a) { return a; }'],
  ['static inline int f(int a) { return a; }', 'static inline int f (int a) { return a; }'],
  [
    'translator struct o < struct i *p > { x = p->y; string = 1; };',
    'translator struct o < struct i * p > { x = (-> p y); string = 1; }',
  ],
  [
    'provider pr { probe a__b(int x, string) : (char *y); probe c(); };',
    'provider pr { a__b(int x, string):(char y *); c() }',
  ],
  // control lines
  [
    '#!/usr/sbin/dtrace -s\n#pragma D option bufsize=4m\n#pragma ident "x y"\n#ident "z"\n# 3 "f"\n#line 4\n#\n',
    '#pragma D option bufsize=4m',
    '#pragma ident "x y"',
  ],
  ['a {\n#pragma D option quiet\nx; }', ':::a { x; }', '#pragma D option quiet'],
  ['#pragma D binding "1.1" f /* c */\n', '#pragma D binding "1.1" f'],
];

describe('parseProgram', () => {
  for (const [text, ...trees] of valid) {
    test(text, () => {
      const { program, diagnostics } = parse(text);
      expect(diagnostics).toEqual([]);
      expect(program.declarations.map(showTop)).toEqual(trees);
    });
  }

  test('declarations span their text', () => {
    const texts = [
      'int x;',
      'a:b /x/ { y; }',
      'inline int N = 1;',
      'provider p { probe q(); };',
      '#pragma D option quiet',
    ];
    const { program } = parse(` ${texts.join('\n')}\n`);
    expect(program.declarations.map((d) => written(d.span))).toEqual(texts);
  });
});

const wrong: readonly [string, ...string[]][] = [
  ['', 'D_EMPTY 0-0 empty D program translation unit'],
  ['a { x = (1 2); }', `D_SYNTAX 11-12 syntax error near "2" (expected ')')`],
  ['a { x y }', `D_SYNTAX 8-9 syntax error near "}" (expected ';')`],
  [
    'a { x = ; y = ; }',
    `D_SYNTAX 8-9 syntax error near ";" (expected an expression)`,
    `D_SYNTAX 14-15 syntax error near ";" (expected an expression)`,
  ],
  [
    'a { x = ; }\nb { y = ); }',
    `D_SYNTAX 8-9 syntax error near ";" (expected an expression)`,
    'D_SYNTAX 20-21 extra ) in input stream',
  ],
  ['a { f(x)); }', 'D_SYNTAX 8-9 extra ) in input stream'],
  ['a { x[0]]; }', 'D_SYNTAX 8-9 extra ] in input stream'],
  ['a { f(x]); }', 'D_SYNTAX 7-8 extra ] in input stream'],
  ['a { } }', `D_SYNTAX 6-7 syntax error near "}" (there is no '{' for it to close)`],
  ['a { x;', "D_SYNTAX 6-6 syntax error near end of input (the '{' in line 1 has no '}')"],
  ['a /f(/ { }', 'D_SYNTAX 7-8 closing ) expected in predicate before /'],
  ['a /f(1/ { }', 'D_SYNTAX 8-9 closing ) expected in predicate before /'],
  ['a /x[0/ { }', 'D_SYNTAX 8-9 closing ] expected in predicate before /'],
  ['a /x)/ { }', 'D_SYNTAX 4-5 extra ) in input stream'],
  ['a b { }', 'D_SYNTAX 0-1 expected predicate and/or actions following probe description'],
  [
    'a:b:c:d:e { }',
    'D_PDESC_INVAL 0-9 invalid probe description "a:b:c:d:e": Overspecified probe description',
  ],
  [
    'a { goto x; }',
    'D_SYNTAX 4-8 syntax error near "goto" (this is a reserved word; D gives it no meaning here)',
  ],
  [
    'a { typedef int t; }',
    'D_SYNTAX 4-11 syntax error near "typedef" (a typedef must stand outside of clauses)',
  ],
  [
    'int x = 3;',
    'D_SYNTAX 6-7 syntax error near "=" (a global variable gets its value in a BEGIN clause, not where it is declared)',
  ],
  ['int `x;', 'D_DECL_SCOPE 4-6 D scoping operator may not be used in a declaration name (`x)'],
  ['struct s { };', 'D_SYNTAX 11-12 syntax error near "}" (this struct has no members)'],
  [
    'struct s { int a; } struct t x;',
    "D_DECL_COMBO 20-28 invalid type combination (is a ';' missing after the '}'?)",
  ],
  [
    'unsigned struct s x;',
    'D_DECL_SIGNINT 0-8 invalid type declaration: signed and unsigned may only be used with integer type',
  ],
  ['int a[...];', 'D_DECL_PROTO_VARARGS 6-9 array prototype may not use a variable-length argument list'],
  ['#include "x"\nBEGIN {}', 'D_PRAGCTL_INVAL 0-12 invalid control directive: #include'],
  ['#pragma', 'D_SYNTAX 0-7 end-of-file encountered before end of control line'],
  ['/* a', 'D_SYNTAX 0-2 end-of-file encountered before matching */'],
  [
    'a { x = "abc\n"; }',
    'D_STR_NL 8-12 newline encountered in string literal',
    'D_SYNTAX 13-17 this string is never closed with "',
  ],
  ['a:b:f( {}', "D_SYNTAX 5-6 the '(' in this probe description is never closed"],
  ['translator struct o (struct i *p) { };', `D_SYNTAX 34-35 syntax error near "{" (expected '<')`],
  ['a { x = 10ms; }', `D_SYNTAX 10-12 syntax error near "ms" ('10ms' is neither a number nor a name)`],
  ['int 0abc;', 'D_SYNTAX 4-5 syntax error near "0" (expected a name to declare)'],
  ['99999999999 {}', 'D_SYNTAX 0-11 99999999999 is too large to be a probe id'],
];

describe('diagnostics', () => {
  for (const [text, ...expected] of wrong) {
    test(text || '(empty)', () => {
      const found = complaints(text);
      expect(found.sort()).toEqual([...expected].sort());
    });
  }

  test('a forgotten brace does not hide the next clause', () => {
    const { program, diagnostics } = parse('syscall::a:entry\n{\n  x = 1;\n\nsyscall::b:entry\n{ y; }\n');
    expect(diagnostics.map((d) => d.id)).toEqual(['syntax.clause-open']);
    expect(program.declarations.map(showTop)).toEqual(['syscall::b:entry { y; }']);
  });

  test('classic D refuses what came later', () => {
    const classic = { extensions: false };
    for (const text of [
      'a { if (x) y; }',
      'a { int x; }',
      'int f() { return 1; }',
      'a { { x; } }',
      'a { x; // c\n }',
    ]) {
      expect(complaints(text, classic), text).not.toEqual([]);
    }
    expect(complaints('a { this int x; x = 1 / 2; }', classic)).toEqual([]);
  });

  test('nesting has a limit and the stack has none to fear', () => {
    const many = 100_000;
    for (const text of [
      '('.repeat(many),
      '- '.repeat(many),
      'a?'.repeat(many),
      'a+'.repeat(many),
      'f('.repeat(many),
      'x.'.repeat(many),
    ]) {
      expect(parse(`a { x = ${text}1; }`).diagnostics.map((d) => d.id)).toContain('syntax.too-deep');
    }
    for (const text of ['struct {', 'int (', '{', 'if (1) ', 'xlate <']) {
      expect(parse(`a { ${text.repeat(many)}`).diagnostics.length).toBeGreaterThan(0);
    }
  });
});

describe('pieces', () => {
  const types: readonly [string, string][] = [
    ['const char *', 'const char *'],
    ['struct pt_regs *', 'struct pt_regs *'],
    ['unsigned long', 'unsigned+long'],
    ['size_t', '<size_t>'],
    ['kernel_thing *', '<kernel_thing> *'],
    ['int (*)(void)', 'int * (void)'],
    ['char [16]', 'char [16]'],
    ['enum e', 'enum e'],
    ['vmlinux`struct file *', 'struct vmlinux`file *'],
  ];
  for (const [text, type] of types) {
    test(`type ${text}`, () => {
      const { value } = parseTypeName(text);
      expect(value && showType(value)).toBe(type);
    });
  }
  test('not a type', () => {
    for (const text of ['', '3', 'int x y', 'struct', '*'])
      expect(parseTypeName(text).diagnostics, text).toHaveLength(1);
  });

  const probes: readonly [string, Parameters<typeof parseProbeDescription>[1], string][] = [
    ['a', 'provider', 'a:::'],
    ['a:b', 'module', 'a:b::'],
    ['b', 'module', ':b::'],
    ['f', 'function', '::f:'],
    ['m:f', 'function', ':m:f:'],
    ['n', 'name', ':::n'],
    ['p:m:f:n', 'name', 'p:m:f:n'],
    ['p:::', 'name', 'p:::'],
    [':', 'name', ':::'],
  ];
  for (const [text, part, aligned] of probes) {
    test(`probe ${text} as ${part}`, () => {
      const { value } = parseProbeDescription(text, part);
      if (value?.kind !== 'probe') throw new Error('not a probe');
      expect([value.provider, value.module, value.function, value.name].join(':')).toBe(aligned);
    });
  }
  test('probes that are none', () => {
    expect(parseProbeDescription('a:b', 'provider').diagnostics[0]?.tag).toBe('D_PDESC_INVAL');
    expect(parseProbeDescription('').diagnostics).toHaveLength(1);
    expect(parseProbeDescription('a b').diagnostics).toHaveLength(1);
    expect(parseProbeDescription('12').value).toMatchObject({ kind: 'probe-id', id: 12 });
  });
  test.each([
    ['::read:', 'function', ':read::'],
    [':genunix::', 'function', 'genunix:::'],
    ['::::BEGIN', 'name', ':::BEGIN'],
    ['3c59x', 'module', ':3c59x::'],
  ] as const)('%s as %s: what is in front and says nothing is left out', (text, part, aligned) => {
    const { value } = parseProbeDescription(text, part);
    if (value?.kind !== 'probe') throw new Error('not a probe');
    expect([value.provider, value.module, value.function, value.name].join(':')).toBe(aligned);
  });

  test('an identifier ends where its digits do', () => {
    const [clause] = parse('4-2,7 { x; }').program.declarations;
    if (clause?.kind !== 'clause') throw new Error('not a clause');
    expect(clause.probes.map((probe) => (probe.kind === 'probe-id' ? probe.id : probe.name))).toEqual([
      4,
      '-2',
      7,
    ]);
    expect(parse('4.56', { abbreviation: 'function' }).diagnostics[0]).toMatchObject({
      tag: 'D_PDESC_INVAL',
      values: { id: '4', part: 'function' },
    });
  });

  test('-P with actions', () => {
    const { program } = parse('io /pid/ { x; }', { abbreviation: 'provider' });
    expect(program.declarations.map(showTop)).toEqual(['io::: /pid/ { x; }']);
    expect(parse('read', { abbreviation: 'function' }).program.declarations.map(showTop)).toEqual([
      '::read:',
    ]);
  });
});
