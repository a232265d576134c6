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
  /** Statements before the probe; the value is then a variable of their making. */
  readonly before?: string;
  readonly value: string;
  /** Size and sign of the operand, as a C string. */
  readonly size: string;
}

const CASTS = {
  1: ['unsigned char', 'signed char'],
  2: ['unsigned short', 'short'],
  4: ['unsigned int', 'int'],
} as const;

/** A macro that says how large a machine word is: a header serves 32-bit programs as well. */
const WORD = ['_DTRACE_UWORD', '_DTRACE_WORD'] as const;

function integer(size: number, signed: boolean, value: string): Passing {
  const sign = signed ? 1 : 0;
  if (size > 4) return { value: `(${signed ? 'long' : 'unsigned long'})(${value})`, size: WORD[sign] };
  const casts = CASTS[size as keyof typeof CASTS];
  return { value: `(${casts[sign]})(${value})`, size: `"${signed ? '-' : ''}${size}@"` };
}

/** Floating-point numbers travel as their bits: what is in a register of another kind no trace program sees. */
function float(size: number, index: number, value: string): Passing {
  const [type, bits] = size === 4 ? ['float', 'unsigned int'] : ['double', 'unsigned long long'];
  const [number, word] = [`_dtrace_f${index}`, `_dtrace_b${index}`];
  return {
    before: `${type} ${number} = (${value}); ${bits} ${word}; __builtin_memcpy(&${word}, &${number}, sizeof (${word}));`,
    value: word,
    size: `"${Math.min(size, 8)}f@"`,
  };
}

function passing(type: Type, index: number): Passing {
  const value = `arg${index}`;
  const bare = resolve(type);
  if (bare.kind === 'integer' && bare.bool) return { value: `(unsigned char)!!(${value})`, size: '"1@"' };
  if (bare.kind === 'integer' || bare.kind === 'enum') return integer(bare.size, bare.signed, value);
  if (bare.kind === 'float') return float(bare.size, index, value);
  return { value: `(const volatile void *)(${value})`, size: WORD[0] };
}

const isAddress = (type: Type): boolean => isPointer(type) || isString(type);

/**
 * Where an argument may be, by its number. The first are sure to find a register or to be a constant. Others may stay in
 * memory; on Arm as few as can be, since places there are named in ways that only a linker understands.
 */
function constraint(index: number): string {
  if (index < 6) return '_DTRACE_REGISTER';
  return index < 16 ? '_DTRACE_ANYWHERE' : '"nor"';
}

/** Parameters that are no more than a word: structures themselves cannot be passed. */
const canPass = (type: Type): boolean =>
  isInteger(type) || !['struct', 'union', 'void', 'opaque'].includes(resolve(type).kind);

/** As many operands as compilers take for one statement. */
const MOST_PASSED = 28;

const macroName = (provider: string, { symbol }: DeclaredProbe): string =>
  `${provider}_${symbol.replaceAll('__', '_')}`.toUpperCase();

function probeMacro(provider: string, probe: DeclaredProbe): string {
  const passed = probe.parameters.map(passing);
  const names = passed.map((_, i) => `arg${i}`).join(', ');
  const operands = passed.map(({ size }, i) => `${size} "%${i}"`).join(' " " ');
  const inputs = passed.map(({ value }, i) => `${constraint(i)} (${value})`);
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
#if defined(__aarch64__)
#define	_DTRACE_ANYWHERE	"nr"
#else
#define	_DTRACE_ANYWHERE	"nor"
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
