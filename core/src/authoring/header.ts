/** `dtrace -h`: a header for C and C++ with two macros for each probe. */
import { basename } from 'node:path';
import type { DeclaredProbe, DeclaredProvider } from '../language/checked.js';
import { CompileError, type Diagnostic } from '../language/diagnostics.js';
import { diagnostic } from '../language/messages.js';
import { typeName } from '../language/types/names.js';
import { isInteger, isPointer, isString, resolve } from '../language/types/queries.js';
import type { Type } from '../language/types.js';
import { semaphoreOf } from './semaphores.js';

/** How the macro of a probe passes one argument. */
interface Passing {
  /** Statements before the probe. */
  readonly before?: string;
  /** What is passed, as this type of C. */
  readonly value: string;
  readonly type: string;
  /** Size and sign of the operand, as a C string. */
  readonly size: string;
}

const TYPES = {
  1: ['unsigned char', 'signed char'],
  2: ['unsigned short', 'short'],
  4: ['unsigned int', 'int'],
} as const;

/** Macros that say how large a machine word is: a header serves 32-bit programs as well. */
const WORD = { signed: '_DTRACE_WORD', unsigned: '_DTRACE_UWORD' } as const;

function integer(size: number, signed: boolean, value: string): Passing {
  if (size > 4)
    return signed
      ? { value, type: 'long', size: WORD.signed }
      : { value, type: 'unsigned long', size: WORD.unsigned };
  const type = TYPES[size as keyof typeof TYPES][signed ? 1 : 0];
  return { value, type, size: `"${signed ? '-' : ''}${size}@"` };
}

/** Floating-point numbers travel as their bits: what is in a register of another kind no trace program sees. */
function float(size: number, index: number, value: string): Passing {
  const [number, type] = size === 4 ? ['float', 'unsigned int'] : ['double', 'unsigned long long'];
  const [given, bits] = [`_dtrace_f${index}`, `_dtrace_b${index}`];
  return {
    before: `${number} ${given} = (${value}); ${type} ${bits}; __builtin_memcpy(&${bits}, &${given}, sizeof (${bits}));`,
    value: bits,
    type,
    size: `"${Math.min(size, 8)}f@"`,
  };
}

function passing(type: Type, index: number): Passing {
  const value = `arg${index}`;
  const bare = resolve(type);
  if (bare.kind === 'integer' && bare.bool)
    return { value: `!!(${value})`, type: 'unsigned char', size: '"1@"' };
  if (bare.kind === 'integer' || bare.kind === 'enum') return integer(bare.size, bare.signed, value);
  if (bare.kind === 'float') return float(bare.size, index, value);
  return { value, type: 'const volatile void *', size: WORD.unsigned };
}

/** So many are sure to find a register, or to be a constant. */
const IN_REGISTERS = 6;

/** The others are put on the stack: where variables of the file are, only those know who have its symbols. */
function onStack({ before = '', value, type, size }: Passing, index: number): Passing {
  const place = `_dtrace_m${index}`;
  const copy = `${type} ${place} = (${type})(${value});`;
  return { before: `${before} ${copy}`.trim(), value: place, type, size };
}

const isAddress = (type: Type): boolean => isPointer(type) || isString(type);

/** Parameters that are no more than a word: structures themselves cannot be passed. */
const canPass = (type: Type): boolean =>
  isInteger(type) || !['struct', 'union', 'void', 'opaque'].includes(resolve(type).kind);

/** As many operands as compilers take for one statement. */
const MOST_PASSED = 28;

const macroName = (provider: string, { symbol }: DeclaredProbe): string =>
  `${provider}_${symbol.replaceAll('__', '_')}`.toUpperCase();

function probeMacro(provider: string, probe: DeclaredProbe): string {
  const passed = probe.parameters.map(passing).map((each, i) => (i < IN_REGISTERS ? each : onStack(each, i)));
  const names = passed.map((_, i) => `arg${i}`).join(', ');
  const operands = passed.map(({ size }, i) => `${size} "%${i}"`).join(' " " ');
  const inputs = passed.map(({ value, type }, i) =>
    i < IN_REGISTERS ? `_DTRACE_REGISTER ((${type})(${value}))` : `"m" (${value})`,
  );
  const before = passed.flatMap((each) => each.before ?? []).join(' ');
  // What a pointer leads to is to be there when a tracer looks.
  const clobbers = probe.parameters.some(isAddress) ? ' : "memory"' : '';
  return [
    `#define\t${macroName(provider, probe)}(${names}) \\`,
    `\t__extension__ ({ ${before} __asm__ __volatile__ ( \\`,
    `\t_DTRACE_NOTE("${provider}", "${probe.symbol}", "${semaphoreOf(provider, probe)}", ${operands === '' ? '""' : operands}) \\`,
    `\t: : ${inputs.join(', ')}${clobbers}); (void)0; })`,
  ].join('\n');
}

function enabledMacro(provider: string, probe: DeclaredProbe): string {
  const test = `__builtin_expect(${semaphoreOf(provider, probe)} != 0, 0)`;
  return `#define\t${macroName(provider, probe)}_ENABLED() \\\n\t${test}`;
}

const off = (provider: string, probe: DeclaredProbe): string => {
  const name = macroName(provider, probe);
  const names = probe.parameters.map((_, i) => `arg${i}`).join(', ');
  return `#define\t${name}(${names}) do { } while (0)\n#define\t${name}_ENABLED() (0)`;
};

const semaphore = (provider: string, probe: DeclaredProbe): string =>
  `extern volatile unsigned short ${semaphoreOf(provider, probe)} __attribute__((visibility("hidden")));`;

/**
 * A probe is a nop; a note that is in no process' memory says where it and its arguments are. The second word of the
 * note and the section of one byte tell by how much a linker moved what the note speaks of.
 */
const COMMON = String.raw`#ifndef	_DTRACE_NOTE
#if defined(__SIZEOF_POINTER__) && __SIZEOF_POINTER__ == 4
#define	_DTRACE_ADDRESS	".4byte "
#define	_DTRACE_UWORD	"4@"
#define	_DTRACE_WORD	"-4@"
#define	_DTRACE_REGISTER	"nor"
#else
#define	_DTRACE_ADDRESS	".8byte "
#define	_DTRACE_UWORD	"8@"
#define	_DTRACE_WORD	"-8@"
#define	_DTRACE_REGISTER	"nr"
#endif
#define	_DTRACE_NOTE(provider, name, semaphore, operands) \
	"990:	nop\n" \
	"	.pushsection .note.stapsdt,\"?\",\"note\"\n" \
	"	.balign 4\n" \
	"	.4byte 992f-991f, 994f-993f, 3\n" \
	"991:	.asciz \"stapsdt\"\n" \
	"992:	.balign 4\n" \
	"993:	" _DTRACE_ADDRESS "990b\n" \
	"	" _DTRACE_ADDRESS "_.stapsdt.base\n" \
	"	" _DTRACE_ADDRESS semaphore "\n" \
	"	.asciz \"" provider "\"\n" \
	"	.asciz \"" name "\"\n" \
	"	.asciz \"" operands "\"\n" \
	"994:	.balign 4\n" \
	"	.popsection\n" \
	"	.ifndef _.stapsdt.base\n" \
	"	.pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
	"	.weak _.stapsdt.base\n" \
	"	.hidden _.stapsdt.base\n" \
	"_.stapsdt.base: .space 1\n" \
	"	.size _.stapsdt.base, 1\n" \
	"	.popsection\n" \
	"	.endif\n"
#endif`;

/** `probes.h` is guarded by `_PROBES_H`. */
const guardOf = (file: string): string =>
  `_${basename(file)
    .replaceAll(/[^A-Za-z0-9]/g, '_')
    .toUpperCase()}`;

function problems({ name: provider, probes }: DeclaredProvider): Diagnostic[] {
  return probes.flatMap(({ name, parameters, span }) => [
    ...(parameters.length > MOST_PASSED
      ? [diagnostic('provider.passed', span, { name: `${provider}:${name}`, limit: MOST_PASSED })]
      : []),
    ...parameters.flatMap((type, i) => {
      const values = { name: `${provider}:${name}`, number: i + 1, type: typeName(type) };
      return canPass(type) ? [] : [diagnostic('provider.by-value', span, values)];
    }),
  ]);
}

/** The header's text; `file` is what it will be called. Throws a `CompileError` for what no program can pass. */
export function headerText(providers: readonly DeclaredProvider[], file: string): string {
  const wrong = providers.flatMap(problems);
  if (wrong.length > 0) throw new CompileError(wrong);
  const guard = guardOf(file);
  const each = (make: (provider: string, probe: DeclaredProbe) => string, between = '\n'): string =>
    providers.flatMap(({ name, probes }) => probes.map((probe) => make(name, probe))).join(between);
  const macros = (provider: string, probe: DeclaredProbe) =>
    `${probeMacro(provider, probe)}\n${enabledMacro(provider, probe)}`;
  return `/*
 * Generated by dtrace(1).
 */

#ifndef	${guard}
#define	${guard}

#include <unistd.h>

#ifdef	__cplusplus
extern "C" {
#endif

#ifndef	_DTRACE_VERSION
#define	_DTRACE_VERSION	1
#endif

#if	_DTRACE_VERSION

${COMMON}

${each(semaphore)}

${each(macros, '\n\n')}

#else

${each(off)}

#endif

#ifdef	__cplusplus
}
#endif

#endif	/* ${guard} */
`;
}
