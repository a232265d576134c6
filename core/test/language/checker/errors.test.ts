/** Programs with errors: the tag DTrace gives them, and the line. */
import { describe, expect, it } from 'vitest';
import { messageText } from '../../../src/language/messages.js';
import { checkText, summary } from './world.js';

const begin = (body: string): string => `BEGIN { ${body} }`;

/** Clause bodies on line 1. */
const bodies: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  names: [
    ['trace(nothing);', 'D_IDENT_UNDEF'],
    ['trace(self->nothing);', 'D_VAR_UNDEF'],
    ['nothing += 1;', 'D_VAR_UNDEF'],
    ['trace(`nothing);', 'D_IDENT_UNDEF'],
    ['nothing();', 'D_FUNC_UNDEF'],
    ['pid();', 'D_FUNC_IDKIND'],
    ['trace(strlen);', 'D_IDENT_BADREF'],
    ['trace(args);', 'D_IDENT_BADREF'],
    ['x[1] = 1; trace(x);', 'D_IDENT_BADREF'],
    ['x = 1; trace(x[1]);', 'D_DEREF_NONPTR'],
    ['this->a[1] = 2;', 'D_ARR_LOCAL'],
    ['trace($nothing);', 'D_MACRO_UNDEF'],
    ['trace($9);', 'D_MACRO_UNDEF'],
    ['trace(args[0]);', 'D_ARGS_IDX'],
  ],
  operators: [
    ['trace(1 / 0);', 'D_DIV_ZERO'],
    ['x = 4; x %= 0;', 'D_DIV_ZERO'],
    ['trace(execname + execname);', 'D_OP_INCOMPAT'],
    ['trace(execname == 1);', 'D_OP_INCOMPAT'],
    ['trace(curthread == 1);', 'D_OP_INCOMPAT'],
    ['trace(execname && 1);', 'D_OP_SCALAR'],
    ['trace(!execname);', 'D_OP_SCALAR'],
    ['trace(~curthread);', 'D_OP_INT'],
    ['trace(curthread * 2);', 'D_OP_ARITH'],
    ['pid = 1;', 'D_OP_WRITE'],
    ['1 = 2;', 'D_OP_LVAL'],
    ['curthread->pid = 1;', 'D_OP_WRITE'],
    ['x = curthread->table;', 'D_OP_ARRFUN'],
    ['trace(*pid);', 'D_DEREF_NONPTR'],
    ['trace(*(void *)arg0);', 'D_DEREF_VOID'],
    ['trace(curthread.pid);', 'D_OP_SOU'],
    ['trace(pid->x);', 'D_OP_PTR'],
    ['trace(curthread->nothing);', 'D_TYPE_MEMBER'],
    ['trace(((struct unknown *)arg0)->x);', 'D_OP_INCOMPLETE'],
    ['x = 1; trace(&x);', 'D_ADDROF_VAR'],
    ['trace(&1);', 'D_ADDROF_LVAL'],
    ['trace(&curthread->flagA);', 'D_ADDROF_BITFIELD'],
    ['trace(sizeof (curthread->flagA));', 'D_SIZEOF_BITFIELD'],
    ['trace(offsetof(struct task_struct, flagA));', 'D_OFFSETOF_BITFIELD'],
    ['trace(offsetof(int, a));', 'D_OFFSETOF_TYPE'],
    ['trace(sizeof (void));', 'D_SIZEOF_TYPE'],
    ['trace(stringof(curthread->inner));', 'D_STRINGOF_TYPE'],
    ['trace((struct file)arg0);', 'D_CAST_INVAL'],
    ['trace(pid ? 1 : execname);', 'D_OP_INCOMPAT'],
    ['pid ? trace(1) : trace(2);', 'D_OP_ACT'],
    ['trace(curthread->table[4]);', 'D_ARR_BOUNDS'],
    ['trace(curthread->table[1, 2]);', 'D_ARR_BADREF'],
    ['trace(uregs[99]);', 'D_UNKNOWN'],
    ['trace(xlate <struct file> (pid));', 'D_XLATE_NONE'],
    ['x = printf("a");', 'D_CG_EXPR'],
    ['a = alloca(1); a = (void *)curthread;', 'D_ALLOCA_INCOMPAT'],
    ['a = alloca(4000);', 'D_ALLOCA_SIZE'],
  ],
  prototypes: [
    ['trace(strlen());', 'D_PROTO_LEN'],
    ['trace(strlen(1));', 'D_PROTO_ARG'],
    ['trace(substr("a", 1, 2, 3));', 'D_PROTO_LEN'],
    ['trace(copyinstr(curthread));', 'D_PROTO_ARG'],
    ['exit();', 'D_PROTO_LEN'],
    ['exit("a");', 'D_PROTO_ARG'],
    ['x[1] = 1; x[1, 2] = 1;', 'D_PROTO_LEN'],
    ['x[1] = 1; x["a"] = 1;', 'D_PROTO_ARG'],
    ['@a[1] = count(); @a[1, 2] = count();', 'D_PROTO_LEN'],
    ['@a[1] = count(); @a["a"] = count();', 'D_PROTO_ARG'],
    ['@a[curthread->inner] = count(); @a[1] = count();', 'D_PROTO_ARG'],
  ],
  aggregations: [
    ['@a;', 'D_IDENT_UNDEF'],
    ['@a = count(); @a;', 'D_AGG_NULL'],
    ['@a = 1;', 'D_AGG_FUNC'],
    ['@a = count(); @a = sum(1);', 'D_AGG_REDEF'],
    ['@a[1][2] = count();', 'D_AGG_MDIM'],
    ['@a = sum(execname);', 'D_AGG_SCALAR'],
    ['@a = sum();', 'D_PROTO_LEN'],
    ['@a = lquantize(1, pid, 2);', 'D_LQUANT_BASETYPE'],
    ['@a = lquantize(1, 10, 2);', 'D_LQUANT_MISMATCH'],
    ['@a = lquantize(1, 0, 10, 20);', 'D_LQUANT_STEPLARGE'],
    ['@a = lquantize(1, 0, 10, 1); @a = lquantize(1, 0, 10, 2);', 'D_LQUANT_MATCHSTEP'],
    ['@a = llquantize(1, 10, 0, 30, 10);', 'D_LLQUANT_HMAGVAL'],
    ['@a = llquantize(1, 10, 0, 6, 7);', 'D_LLQUANT_STEPVAL'],
    ['@a[@b] = count();', 'D_IDENT_UNDEF'],
    ['printa(pid);', 'D_PRINTA_AGGARG'],
    ['printa("a");', 'D_PRINTA_PROTO'],
    ['@a[1] = count(); @b = count(); printa(@a, @b);', 'D_PRINTA_AGGKEY'],
    ['@a[1] = count(); @b["a"] = count(); printa(@a, @b);', 'D_PRINTA_AGGPROTO'],
    ['@a[1] = count(); printa("%s %@d", @a);', 'D_PRINTF_ARG_TYPE'],
    ['clear(1);', 'D_CLEAR_AGGARG'],
    ['trunc(1);', 'D_TRUNC_AGGARG'],
    ['normalize(1, 1);', 'D_NORMALIZE_AGGARG'],
  ],
  actions: [
    ['printf("");', 'D_PRINTF_FMT_EMPTY'],
    ['printf(execname);', 'D_PRINTF_ARG_FMT'],
    ['printf("%d");', 'D_PRINTF_ARG_PROTO'],
    ['printf("%d", 1, 2);', 'D_PRINTF_ARG_EXTRA'],
    ['printf("%d", execname);', 'D_PRINTF_ARG_TYPE'],
    ['printf("%s", curthread->name);', 'D_PRINTF_ARG_TYPE'],
    ['printf("%*d", execname, 1);', 'D_PRINTF_DYN_TYPE'],
    ['printf("%*d");', 'D_PRINTF_DYN_PROTO'],
    ['printf("%@d", 1);', 'D_PRINTF_AGG_CONV'],
    ['trace(printf("a"));', 'D_TRACE_VOID'],
    ['@a = count(); trace(@a);', 'D_TRACE_DYN'],
    ['tracemem(execname, 1);', 'D_TRACEMEM_ADDR'],
    ['tracemem(arg0, pid);', 'D_TRACEMEM_SIZE'],
    ['stack(pid);', 'D_STACK_SIZE'],
    ['stack(-1);', 'D_STACK_SIZE'],
    ['ustack(0);', 'D_USTACK_FRAMES'],
    ['ustack(1, -1);', 'D_USTACK_STRSIZE'],
    ['freopen(".");', 'D_FREOPEN_INVALID'],
    ['speculate(1); speculate(2);', 'D_SPEC_SPEC'],
    ['trace(1); speculate(1);', 'D_SPEC_DREC'],
    ['speculate(1); exit(0);', 'D_EXIT_SPEC'],
    ['speculate(1); raise(1);', 'D_ACT_SPEC'],
    ['speculate(1); @a = count();', 'D_AGG_SPEC'],
    ['commit(1); trace(1);', 'D_DREC_COMM'],
    ['trace(1); commit(1);', 'D_COMM_DREC'],
    ['panic();', 'D_UNSUPPORTED'],
  ],
};

for (const [topic, cases] of Object.entries(bodies)) {
  describe(topic, () => {
    it.each(cases)('%s → %s', (body, tag) => {
      expect(summary(checkText(begin(body)).diagnostics)[0]).toBe(`${tag} 1`);
    });
  });
}

describe('declarations', () => {
  it.each([
    ['static int x;', 'D_DECL_BADCLASS 1'],
    ['self this int x;', 'D_DECL_CLASS 1'],
    ['int;', 'D_DECL_USELESS 1'],
    ['int pid;', 'D_DECL_IDRED 1'],
    ['int x;\nchar x;', 'D_DECL_IDRED 2'],
    ['typedef int t;\nint t;', 'D_DECL_IDRED 2'],
    ['typedef unsigned processorid_t;\ntypedef int processorid_t;', 'D_DECL_IDRED 2'],
    ['typedef int uint32_t;', 'D_DECL_IDRED 1'],
    ['typedef int t;\ntypedef int t;\ntypedef char t;', 'D_DECL_IDRED 3'],
    ['struct s {\nint a;\nchar a;\n};', 'D_UNKNOWN 3'],
    ['struct s { int a; };\nstruct s { int b; };', 'D_DECL_TYPERED 2'],
    ['struct s { int a; char a; };', 'D_UNKNOWN 1'],
    ['struct s { struct t a; };', 'D_DECL_INCOMPLETE 1'],
    ['struct s { int a : 40; };', 'D_DECL_BFSIZE 1'],
    ['struct s { int a : 0; };', 'D_DECL_BFCONST 1'],
    ['struct s { int *a : 3; };', 'D_DECL_BFTYPE 1'],
    ['enum e { A = 0x80000000 };', 'D_DECL_ENOFLOW 1'],
    ['enum e { A = pid };', 'D_DECL_ENCONST 1'],
    ['void x;', 'D_DECL_VOIDOBJ 1'],
    ['int x[0];', 'D_DECL_ARRSUB 1'],
    ['int x[];', 'D_DECL_ARRNULL 1'],
    ['this int x[int];', 'D_DECL_LOCASSC 1'],
    ['int x[void];', 'D_DECL_PROTO_TYPE 1'],
    ['void f(void, int);', 'D_DECL_PROTO_VOID 1'],
    ['unknown_t x;', 'D_UNKNOWN 1'],
    ['inline int pid = 1;', 'D_DECL_IDRED 1'],
    ['inline int i = 1;\ninline int i = 1;', 'D_DECL_IDRED 2'],
    ['inline string s = 1;', 'D_OP_INCOMPAT 1'],
    ['translator int < int i > { a = 1; };', 'D_XLATE_SOU 1'],
    ['struct o { int a; };\ntranslator struct o < int i > { b = 1; };', 'D_XLATE_MEMB 2'],
    ['struct o { int a; };\ntranslator struct o < int i > { a = "x"; };', 'D_XLATE_INCOMPAT 2'],
    ['provider p1 { probe a(); };', 'D_PROV_BADNAME 1'],
    ['provider p { probe a(); probe a(); };', 'D_PROV_PRDUP 1'],
    ['#pragma D option quiet=please\nBEGIN {}', 'D_PRAGMA_OPTSET 1'],
    ['#pragma D option nothing\nBEGIN {}', 'D_PRAGMA_OPTSET 1'],
    ['#pragma D nothing\nBEGIN {}', 'D_PRAGMA_INVAL 1'],
    ['#pragma D option a b\nBEGIN {}', 'D_PRAGMA_MALFORM 1'],
    ['#pragma D attributes Stable/Stable/Common nothing\nBEGIN {}', 'D_PRAGMA_UNUSED 1'],
    ['#pragma D depends_on library io.d\nBEGIN {}', 'D_PRAGMA_DEPEND 1'],
    ['nothing:here { }', 'D_PDESC_ZERO 1'],
    ['BEGIN /execname/ { }', 'D_PRED_SCALAR 1'],
    ['mixed { trace(args[0]); }', 'D_ARGS_MULTI 1'],
    ['inline int a = args[0];\nBEGIN { }', 'D_ARGS_NONE 1'],
  ])('%s → %s', (text, expected) => {
    expect(summary(checkText(text).diagnostics)[0]).toBe(expected);
  });
});

describe('reports', () => {
  it('finds several errors in one run and says nothing of what follows from them', () => {
    const text = 'BEGIN\n{\n  x = nothing + 1;\n  y = x * 2;\n  trace(strlne("a"));\n  printf("%d", y);\n}\n';
    expect(summary(checkText(text).diagnostics)).toEqual(['D_IDENT_UNDEF 3', 'D_FUNC_UNDEF 5']);
  });

  it('says an error once although the clause is checked for two probes', () => {
    expect(summary(checkText('BEGIN, END { trace(nothing); }').diagnostics)).toEqual(['D_IDENT_UNDEF 1']);
  });

  it.each([
    ['trace(timestmap);', "did you mean 'timestamp'?"],
    ['trace(curthread->pidd);', "did you mean 'pid'?"],
    ['prinft("a");', "did you mean 'printf'?"],
    ['trace(curthread.pid);', "this is a pointer: use '->'"],
  ])('%s: %s', (body, hint) => {
    expect(checkText(begin(body)).diagnostics[0]?.hint).toBe(hint);
  });

  it('fills every message with its values', () => {
    for (const [body] of Object.values(bodies).flat()) {
      for (const d of checkText(begin(body)).diagnostics) expect(messageText(d)).not.toMatch(/\{\w+\}/);
    }
  });

  it('asks for permission only when nothing else is wrong', () => {
    const options = { strsize: 256, zeroMatches: false, destructive: false, defaultArguments: false };
    expect(summary(checkText(begin('raise(9);'), undefined, { options }).diagnostics)).toEqual([
      'D_DESTRUCTIVE 1',
    ]);
    const allowed = `${begin('raise(9);')}\n#pragma D option destructive`;
    expect(checkText(allowed, undefined, { options }).diagnostics).toEqual([]);
  });
});
