/** The forms of messages that scripts and their users have learned to look for. */
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../src/language/messages.js';
import { checkText } from './checker/world.js';

const first = (body: string): string =>
  formatDiagnostic(checkText(`BEGIN { ${body} }`).diagnostics[0]!, { tags: true });

describe('message shapes', () => {
  it('sets what a prototype asks for beside what was given', () => {
    expect(first('exit("x");')).toBe(
      '[D_PROTO_ARG] line 1: exit( ) argument #1 is incompatible with prototype:\n\tprototype: int\n\t argument: string',
    );
    expect(first('x["a"] = 1; x[1] = 2;')).toMatch(/ key #1 .*:\n\tprototype: string\n\t {6}key: int$/s);
  });

  it('calls the text parameters of subroutines what they are in C', () => {
    expect(first('trace(strlen(3));')).toMatch(/\n\tprototype: char \*\n\t argument: int$/);
    expect(first('printf(3);')).toMatch(/\n\tprototype: string\n/);
  });

  it('counts in the singular where there is one', () => {
    expect(first('trace(substr("x"));')).toMatch(/: 1 arg passed, at least 2 expected$/);
    expect(first('trace(substr());')).toMatch(/: 0 args passed/);
    expect(first('x[1, 2] = 1; x[1] = 1;')).toMatch(/: 1 key passed, 2 expected$/);
  });

  it('says what a name was before, and what was indexed', () => {
    expect(formatDiagnostic(checkText('inline int strlen = 1;').diagnostics[0]!)).toMatch(
      /identifier redefined: strlen\n\t current: inline definition\n\tprevious: function $/,
    );
    expect(formatDiagnostic(checkText('int x[5]; BEGIN { x[1, 2] = 1; }').diagnostics[0]!)).toMatch(
      /cannot access scalar x as an associative array$/,
    );
    expect(first('x = (long short)0;')).toMatch(/failed to resolve type short long : Unknown type name$/);
  });

  it('names the line where a reader notices, and shows the place itself', () => {
    const shown = (text: string): string =>
      formatDiagnostic(checkText(text).diagnostics[0]!, { frame: true });
    expect(shown('enum e {\n\tx = 3,\n\tx = 4\n};')).toMatch(
      /^line 4: failed to define .*\n.*\n3 \| \tx = 4\n/,
    );
    expect(shown('BEGIN\n/"a" & 1/\n{\n}')).toMatch(/^line 3: operator & /);
    expect(shown('int a[4];\nBEGIN\n/a/\n{\n\texit(0);\n}')).toMatch(/^line 6: predicate result/);
    expect(shown('translator int < int *i >\n{\n};')).toMatch(/^line 3: translator output type/);
  });

  it('says of a printf conversion what it takes', () => {
    expect(first('printf("%d", execname);')).toBe(
      '[D_PRINTF_ARG_TYPE] line 1: printf( ) argument #2 is incompatible with conversion #1 prototype:\n' +
        '\tconversion: %d\n\t prototype: char, short, int, long, or long long\n\t  argument: string',
    );
    expect(first('printf("%*d", "x", 1);')).toMatch(/\n\tconversion: % \* d\n\t prototype: int\n/);
  });

  it('asks for one operand or for several', () => {
    expect(first('trace(execname & 1);')).toMatch(/operator & requires operands of integral type$/);
    expect(first('trace(~execname);')).toMatch(/operator ~ requires an operand of integral type$/);
    expect(first('trace(execname ? 1 : 2);')).toMatch(/operator \?: expression must be of scalar type$/);
  });
});
