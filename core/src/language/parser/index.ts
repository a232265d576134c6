/** The parser's entry points. None of them throws for what the text says: everything is a diagnostic. */
import type { Expression, ProbeDescription, ProbeNumber, Program, TypeName } from '../ast.js';
import type { Diagnostic } from '../diagnostics.js';
import { diagnostic } from '../messages.js';
import type { Source } from '../source.js';
import { type ParseOptions, SyntaxFailure } from './cursor.js';
import { alignProbe, type ProbePart, partCount, probeNumber, scanProbe } from './probes.js';
import { type ProgramOptions, ProgramParser } from './program.js';
import { StatementParser } from './statements.js';

export type { ParseOptions } from './cursor.js';
export type { ProbePart } from './probes.js';
export type { ProgramOptions } from './program.js';

export interface ProgramResult {
  /** What could be read, also when there are diagnostics. */
  readonly program: Program;
  readonly diagnostics: readonly Diagnostic[];
}

export interface PieceResult<T> {
  /** Absent when there are errors. */
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}

export function parseProgram(source: Source, options: ProgramOptions = {}): ProgramResult {
  const parser = new ProgramParser(source, options);
  const program = parser.parse();
  return { program, diagnostics: parser.diagnostics };
}

/** One expression, nothing behind it. */
export function parseExpression(text: string | Source, options: ParseOptions = {}): PieceResult<Expression> {
  return parsePiece(text, options, (parser) => parser.wholeExpression());
}

/** A C type as probe descriptions and headers write it: `const char *`, `struct pt_regs *`, `int [4]`. */
export function parseTypeName(text: string | Source, options: ParseOptions = {}): PieceResult<TypeName> {
  return parsePiece(text, options, (parser) => parser.wholeTypeName());
}

/** One description or probe number; `part` is what the last component written means. */
export function parseProbeDescription(
  text: string | Source,
  part: ProbePart = 'name',
): PieceResult<ProbeDescription | ProbeNumber> {
  const source = asSource(text);
  const start = source.text.length - source.text.trimStart().length;
  const { end } = scanProbe(source.text, start);
  const span = { source, start, end };
  const written = source.text.slice(start, end);
  if (source.text.slice(end).trim() !== '' || written === '') {
    const found =
      written === '' && end >= source.text.length ? 'end of input' : `"${source.text.slice(end, end + 1)}"`;
    const wrong = { source, start: end, end: Math.min(end + 1, source.text.length) };
    const expected = written === '' ? 'a probe description' : 'the end of the probe description';
    return { diagnostics: [diagnostic('syntax.expected', wrong, { expected, found })] };
  }
  const probe = /^\d+$/.test(written) ? probeNumber(written, span) : alignProbe(written, part, span);
  if (probe) return { value: probe, diagnostics: [] };
  return {
    diagnostics: [diagnostic('probe.overspecified', span, { text: written, count: partCount(part) })],
  };
}

class PieceParser extends StatementParser {
  wholeExpression(): Expression {
    return this.whole(() => this.expression());
  }

  wholeTypeName(): TypeName {
    return this.whole(() => this.typeName());
  }

  private whole<T>(parse: () => T): T {
    this.advance();
    const value = parse();
    this.expect('end');
    return value;
  }
}

function parsePiece<T>(
  text: string | Source,
  options: ParseOptions,
  parse: (parser: PieceParser) => T,
): PieceResult<T> {
  const parser = new PieceParser(asSource(text), options);
  try {
    const value = parse(parser);
    return parser.diagnostics.length > 0 ? { diagnostics: parser.diagnostics } : { value, diagnostics: [] };
  } catch (error) {
    if (!(error instanceof SyntaxFailure)) throw error;
    return { diagnostics: parser.diagnostics };
  }
}

function asSource(text: string | Source): Source {
  return typeof text === 'string' ? { name: '(text)', text } : text;
}
