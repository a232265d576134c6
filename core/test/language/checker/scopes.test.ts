/** Libraries before scripts, inlines, translators, args[], and the entry points for single pieces of D. */
import { describe, expect, it } from 'vitest';
import {
  checkExpression,
  GlobalScope,
  parseType,
  unusedArguments,
} from '../../../src/language/checker/index.js';
import { parseExpression } from '../../../src/language/parser/index.js';
import { CHAR_POINTER, INT, pointerTo } from '../../../src/language/types/basic.js';
import { typeName } from '../../../src/language/types/names.js';
import { sizeOf } from '../../../src/language/types/queries.js';
import { printExpr, printProgram } from './print.js';
import { checkText, context, summary, task, types } from './world.js';

const library = `
  typedef struct psinfo { int pr_pid; string pr_name; char pr_letter; } psinfo_t;
  translator psinfo_t < struct task_struct *T > {
    pr_pid = T->pid;
    pr_name = T->comm;
  };
  inline psinfo_t *curpsinfo = xlate <psinfo_t *> (curthread);
  inline int LIMIT = 10;
  inline int twice[int n] = n + n;
  inline psinfo_t *psinfo_of[struct task_struct *t] = xlate <psinfo_t *> (t);
`;

function script(body: string) {
  const scope = new GlobalScope();
  expect(checkText(library, scope, { library: true }).diagnostics).toEqual([]);
  return checkText(body, scope);
}

const tree = (body: string): string => {
  const { program, diagnostics } = script(`BEGIN { ${body} }`);
  expect(diagnostics).toEqual([]);
  return printProgram(program);
};

describe('what a library defines', () => {
  it('expands translators into expressions over their input', () => {
    expect(tree('trace(curpsinfo->pr_pid);')).toBe('(trace (load:int (to:int* curthread)))');
    expect(tree('trace((*curpsinfo).pr_name);')).toContain(
      'stringof<17 (load:char[16] (+:char(*)[16] curthread',
    );
  });

  it('names an input used several times', () => {
    expect(tree('trace(psinfo_of[curthread + 1]->pr_pid);')).toMatch(
      /^\(trace \(let t(\d+) \(\+.*\) \(load:int \(to:int\* t\1\)\)\)\)$/,
    );
  });

  it('keeps a translated struct as a record of its members', () => {
    expect(tree('this->p = *curpsinfo; trace(this->p.pr_pid);')).toMatch(
      /^\(= this\.p \(record \(pr_pid .*\) \(pr_name .*\)\)\)/,
    );
  });

  it('expands inlines, with their keys as values', () => {
    expect(tree('trace(LIMIT + 1); trace(twice[3]);')).toBe('(trace 11:int) (trace 6:int)');
    expect(tree('trace(twice[arg0]);')).toMatch(
      /^\(trace \(let t(\d+) \(to:int arg0\) \(\+:int t\1 t\1\)\)\)$/,
    );
  });

  it('reports members that the translator does not define', () => {
    expect(summary(script('BEGIN { trace(curpsinfo->pr_letter); }').diagnostics)).toEqual([
      'D_XLATE_NOCONV 1',
    ]);
  });

  it('counts variables and aggregations through all programs', () => {
    const scope = new GlobalScope();
    const first = checkText('BEGIN { a = 1; @a = count(); }', scope).program;
    const second = checkText('END { b = a; @b[1] = sum(a); }', scope).program;
    expect(first.variables.map(({ id, name }) => [id, name])).toEqual([[0, 'a']]);
    expect(second.variables.map(({ id, name }) => [id, name])).toEqual([
      [0, 'a'],
      [1, 'b'],
    ]);
    expect(second.aggregations.map(({ id, name, keys }) => [id, name, keys.map(typeName)])).toEqual([
      [0, 'a', []],
      [1, 'b', ['int']],
    ]);
  });
});

describe('clauses', () => {
  it('knows args[] of each probe', () => {
    const { program, diagnostics } = checkText('open { trace(args[0]->f_flags); trace(stringof(args[1])); }');
    expect(diagnostics).toEqual([]);
    expect(printProgram(program)).toBe(
      '(trace (load:unsignedint (+:unsignedint* args[0]:structfile* 8:long))) (trace (stringof args[1]:char*))',
    );
  });

  it('keeps user memory apart', () => {
    const { program } = checkText('user { trace(args[0]->file); }');
    const [traced] = program.clauses[0]?.body ?? [];
    expect(traced?.kind === 'action' && traced.arguments.map((e) => typeName(e.type))).toEqual([
      'userland struct file *',
    ]);
  });

  it('types a variable first assigned in the body for the predicate, and the other way round', () => {
    expect(checkText('BEGIN /self->a++ > 1/ { trace(self->a); }').diagnostics).toEqual([]);
    expect(checkText('BEGIN /b == 1/ { b = pid; }').diagnostics).toEqual([]);
  });

  it('keeps what a clause does with an aggregation whose value the predicate types', () => {
    const text = 'BEGIN /i++ < 2/ { @ = lquantize(i, 0, 10, 1); } END { normalize(@, 2); }';
    const { program, diagnostics } = checkText(text);
    expect(diagnostics).toEqual([]);
    expect(program.clauses.map(({ body }) => body.length)).toEqual([1, 1]);
  });

  it('makes one checked clause per probe description', () => {
    const { program } = checkText('BEGIN, END { trace(1); } BEGIN { }');
    expect(program.clauses.map(({ clause, defaultAction }) => [clause, defaultAction])).toEqual([
      [0, false],
      [0, false],
      // Braces with nothing in them are no body.
      [1, true],
    ]);
  });

  it('sizes string keys by the longest any reference uses', () => {
    const keys = (body: string) => checkText(`BEGIN { ${body} }`).program.aggregations[0]?.keys;
    expect(keys('@[execname] = count();')).toEqual([{ kind: 'string', capacity: 16 }]);
    expect(keys('@[execname] = count(); @["a much longer name"] = count();')).toEqual([
      { kind: 'string', capacity: 19 },
    ]);
    expect(keys('@[execname] = count(); @[probefunc] = count();')).toEqual([{ kind: 'string' }]);
  });

  it('hands on options in order', () => {
    const { program } = checkText('#pragma D option quiet\n#pragma D option bufsize=4m\nBEGIN {}');
    expect(program.options.map(({ name, value }) => [name, value])).toEqual([
      ['quiet', undefined],
      ['bufsize', '4m'],
    ]);
  });

  it('tells which macro arguments nobody used', () => {
    const scope = new GlobalScope();
    checkText('BEGIN { trace($1); }', scope);
    expect(unusedArguments(context, scope)).toEqual([2, 3]);
  });
});

describe('declared types', () => {
  const size = (declaration: string, type: string): number | undefined => {
    const scope = new GlobalScope();
    checkText(`${declaration} BEGIN {}`, scope);
    return sizeOf(parseType(type, types, scope), 256);
  };

  it.each([
    ['struct s { char a; int b; char c; };', 'struct s', 12],
    ['struct s { char a; long b; };', 'struct s', 16],
    ['struct s { int a : 3; int b : 29; int c : 1; };', 'struct s', 8],
    ['struct s { char a; int b : 4; };', 'struct s', 4],
    ['union u { char a[9]; long b; };', 'union u', 16],
    ['struct s { int a; union { char b; long c; }; };', 'struct s', 16],
    ['typedef struct t { struct t *next; int n[3]; } t_t;', 't_t', 24],
    ['enum e { A, B };', 'enum e', 4],
  ])('%s has %s of %d bytes', (declaration, type, expected) => {
    expect(size(declaration, type)).toBe(expected);
  });
});

describe('functions', () => {
  it('puts other bodies where they are called', () => {
    const { program, diagnostics } = checkText(
      'int f(int a) { for (;;) { if (a++ > 1) break; } return a; } BEGIN { trace(f(pid)); }',
    );
    expect(diagnostics).toEqual([]);
    expect(printProgram(program)).toBe(
      '(trace (block {(= this.a pid) (= this.f 0:int) (loop {(if (> (post 1 this.a) 1:int) {break})}) (= this.f this.a) return} this.f))',
    );
  });

  it.each([
    ['int f() { return; x = 1; }', 'trace(f());', 'D_SYNTAX'],
    ['void f() { return 1; }', 'f();', 'D_SYNTAX'],
    ['void f() { break; }', 'f();', 'D_SYNTAX'],
    ['int f() { x = 1; return "a"; }', 'trace(f());', 'D_OP_INCOMPAT'],
    ['int f(int a) { x = f(a); return x; }', 'trace(f(1));', 'D_UNSUPPORTED'],
    ['int f(int a) { a++; return a; }', 'trace(f("a"));', 'D_PROTO_ARG'],
    ['int f(int a) { a++; return a; }', 'trace(f());', 'D_PROTO_LEN'],
    ['void f() { x = 1; }', 'trace(f());', 'D_TRACE_VOID'],
    ['', 'continue;', 'D_SYNTAX'],
    ['', 'while (1) if (pid) { break; } break;', 'D_SYNTAX'],
    ['', 'return;', 'D_SYNTAX'],
  ])('%s with { %s } is an error: %s', (definition, body, tag) => {
    expect(checkText(`${definition} BEGIN { ${body} }`).diagnostics.map((d) => d.tag)).toEqual([tag]);
  });

  it('does not grow without bound', () => {
    const doubling = Array.from(
      { length: 20 },
      (_, i) => `int f${i}(int a) { a++; return ${i === 0 ? 'a' : `f${i - 1}(a) + f${i - 1}(a)`}; }`,
    ).join('\n');
    const { diagnostics } = checkText(`${doubling} BEGIN { trace(f19(1)); }`);
    expect(diagnostics.map((d) => d.tag)).toContain('D_PROG_LEN');
  });

  it('expands a body that returns a value', () => {
    const { program, diagnostics } = checkText(
      'int f(int a) { if (a > 1) return a; else return 0; } BEGIN { trace(f(pid)); }',
    );
    expect(diagnostics).toEqual([]);
    expect(printProgram(program)).toBe('(trace (?:pid_t (> pid 1:pid_t) pid 0:pid_t))');
  });

  it('stops at recursion', () => {
    expect(summary(checkText('int f(int a) { return f(a); } BEGIN { trace(f(1)); }').diagnostics)).toEqual([
      'D_UNSUPPORTED 1',
    ]);
  });
});

describe('single pieces', () => {
  it('checks argument mappings over the args of a site', () => {
    const expression = parseExpression('args[0]->file').value!;
    const checked = checkExpression(expression, { context, args: [{ type: pointerTo(task) }] });
    expect(printExpr(checked)).toBe('(load:structfile* (+:structfile** args[0]:structtask_struct* 88:long))');
    expect(typeName(checked.type)).toBe('struct file *');
  });

  it('throws what is wrong with them', () => {
    const expression = parseExpression('args[1]').value!;
    expect(() => checkExpression(expression, { context, args: [{ type: INT }] })).toThrow('D_ARGS_IDX');
  });

  it.each([
    ['const char *', 'char *'],
    ['struct task_struct *', 'struct task_struct *'],
    ['unsigned long long', 'unsigned long long'],
    ['long unsigned int', 'unsigned long'],
    ['u64', 'u64'],
    ['int [4]', 'int [4]'],
    ['int (*)(void)', 'function pointer'],
    ['uint64_t *', 'uint64_t *'],
    ['void *', 'void *'],
  ])('reads the type %s', (text, expected) => {
    expect(typeName(parseType(text, types))).toBe(expected);
  });

  it('refuses what is no type', () => {
    expect(() => parseType('nothing_t', types)).toThrow('D_UNKNOWN');
    expect(parseType('const char *', types)).toEqual(CHAR_POINTER);
  });
});

describe('options set by the program', () => {
  it.each([
    ['strsize=1k', 'trace(sizeof (string));', '(trace 1024:size_t)'],
    ['defaultargs', 'trace($9); trace($$9);', '(trace 0:int) (trace "")'],
    ['scratchsize=0x1000', 'x = alloca(4000);', undefined],
  ])('%s', (option, body, tree) => {
    const { program, diagnostics } = checkText(`#pragma D option ${option}\nBEGIN { ${body} }`);
    expect(diagnostics.filter(({ tag }) => tag !== 'D_UNSUPPORTED')).toEqual([]);
    if (tree) expect(printProgram(program)).toBe(tree);
  });
});
