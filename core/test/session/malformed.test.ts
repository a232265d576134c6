import { describe, expect, test } from 'vitest';
import dtrace from '../../../providers/dtrace/src/index.js';
import profile from '../../../providers/profile/src/index.js';
import { CompileError, formatDiagnostic, openDTrace, RecordedHost } from '../../src/index.js';
import { positionOf } from '../../src/language/source.js';

/** Program, tag, line and column of the first complaint. The second line of each is where things go wrong. */
const MALFORMED: readonly (readonly [text: string, tag: string, at: string])[] = [
  ['BEGIN\n{ trace(1 }', 'D_SYNTAX', '2:11'],
  ['BEGIN\n{ x = ; }', 'D_SYNTAX', '2:7'],
  ['BEGIN\n{ trace(1);', 'D_SYNTAX', '2:12'],
  ['BEGIN\n/* never ends', 'D_SYNTAX', '2:1'],
  ['BEGIN\n{ trace("abc); }', 'D_SYNTAX', '2:9'],
  ["BEGIN\n{ trace('); }", 'D_SYNTAX', '2:9'],
  ['BEGIN\n{ trace(09); }', 'D_INT_DIGIT', '2:9'],
  ['BEGIN\n{ trace(99999999999999999999); }', 'D_INT_OFLOW', '2:9'],
  ['BEGIN\n{ trace(nowhere); }', 'D_IDENT_UNDEF', '2:9'],
  ['BEGIN\n{ nothing(1); }', 'D_FUNC_UNDEF', '2:3'],
  ['BEGIN\n{ exit(); }', 'D_PROTO_LEN', '2:3'],
  ['BEGIN\n{ exit("a"); }', 'D_PROTO_ARG', '2:8'],
  ['BEGIN\n{ printf("%d"); }', 'D_PRINTF_ARG_PROTO', '2:3'],
  ['BEGIN\n{ printf("%d", "a"); }', 'D_PRINTF_ARG_TYPE', '2:16'],
  ['BEGIN\n{ printf("%d", 1, 2); }', 'D_PRINTF_ARG_EXTRA', '2:3'],
  ['BEGIN\n{ @a = count(); @a = sum(1); }', 'D_AGG_REDEF', '2:17'],
  ['BEGIN\n{ @a = nothing(); }', 'D_FUNC_UNDEF', '2:8'],
  ['BEGIN\n{ @a = 1; }', 'D_AGG_FUNC', '2:3'],
  ['BEGIN\n{ @a = lquantize(1, 10, 0, 1); }', 'D_LQUANT_MISMATCH', '2:25'],
  ['BEGIN\n{ trace(1 / 0); }', 'D_DIV_ZERO', '2:9'],
  ['BEGIN\n{ trace(args[0]); }', 'D_ARGS_IDX', '2:9'],
  ['BEGIN\n{ trace($nothing); }', 'D_MACRO_UNDEF', '2:9'],
  ['nothing:::here\n{ trace(1); }', 'D_PDESC_ZERO', '1:1'],
  ['BEGIN\n{ 1 = 2; }', 'D_OP_LVAL', '2:3'],
  ['BEGIN\n{ pid = 2; }', 'D_OP_WRITE', '2:3'],
  ['BEGIN\n{ trace(*1); }', 'D_DEREF_NONPTR', '2:9'],
  ['BEGIN\n{ trace(sizeof(struct nowhere)); }', 'D_SIZEOF_TYPE', '2:9'],
  ['struct s { int a; };\nBEGIN { trace(((struct s *)0)->b); }', 'D_TYPE_MEMBER', '2:32'],
  ['BEGIN\n{ x = "a"; x = 1 + "a" * 2; }', 'D_OP_ARITH', '2:20'],
  ['#pragma D option nothing\nBEGIN { exit(0); }', 'D_PRAGMA_OPTSET', '1:18'],
  ['int a[int];\nBEGIN { a["x"] = 1; }', 'D_PROTO_ARG', '2:11'],
  ['BEGIN\n{ trace(1.5); }', 'D_SYNTAX', '2:9'],
];

describe('malformed programs', async () => {
  const engine = await openDTrace({ host: new RecordedHost(), providers: [dtrace, profile] });

  test.each(MALFORMED)('%j is %s at %s', (text, tag, at) => {
    let found: CompileError | undefined;
    try {
      engine.compile([{ name: 'bad.d', text }]);
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      found = error;
    }
    const first = found?.diagnostics[0];
    expect(first?.tag).toBe(tag);
    const { line: errorLine, column } = positionOf(first!.span!.source, first!.span!.start);
    expect(`${errorLine}:${column}`).toBe(at);
    const shown = formatDiagnostic(first!, { tags: true, frame: true });
    expect(shown).toContain(`[${tag}]`);
    const [line = 1] = at.split(':').map(Number);
    expect(shown).toContain(`${line} | ${text.split('\n')[line - 1]}`);
    expect(shown).toContain('^');
  });
});
