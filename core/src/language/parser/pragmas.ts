/** Control lines that reach the parser: `#pragma`, `#error`, `#ident`, and line markers, which leave no node. */
import type { Pragma, PragmaArgument } from '../ast.js';
import type { Diagnostic } from '../diagnostics.js';
import { decodeEscapes } from '../lexer/escapes.js';
import type { ControlLine } from '../lexer/lexer.js';
import { diagnostic, type MessageId } from '../messages.js';
import type { Source, Span } from '../source.js';

interface Word extends PragmaArgument {
  readonly start: number;
}

type Control = (line: ControlLine, words: readonly Word[], context: Context) => Pragma | undefined;

interface Context {
  readonly source: Source;
  report(id: MessageId, span: Span, values?: Diagnostic['values']): void;
}

const piece = /"((?:[^"\\\n]|\\.)*)"?|\/\*[\s\S]*?\*\/|[^\s"]+/g;

export function parseControl(
  line: ControlLine,
  source: Source,
  diagnostics: Diagnostic[],
): Pragma | undefined {
  const context: Context = {
    source,
    report: (id, span, values = {}) => diagnostics.push(diagnostic(id, span, values)),
  };
  const words = splitWords(source, line);
  const name = words[0]?.text ?? '';
  if (/^\d+$/.test(name)) return undefined;
  const control = controls[name];
  if (control) return control(line, words.slice(1), context);
  // A lone # is allowed, as in C.
  if (words.length > 0)
    context.report('control.unknown', { source, start: line.start, end: line.end }, { name });
  return undefined;
}

const controls: Readonly<Record<string, Control>> = {
  pragma: (line, words, context) => {
    const span = { source: context.source, start: line.start, end: line.end };
    if (words.length === 0 && line.end === context.source.text.length)
      context.report('lexer.control-end', span);
    const addressed = words[0]?.text === 'D' && !words[0].quoted;
    const rest = addressed ? words.slice(1) : words;
    return {
      kind: 'pragma',
      span,
      name: rest[0]?.text ?? '',
      arguments: rest.slice(1).map(asArgument),
      addressed,
    };
  },
  error: (line, words, { source }) => ({
    kind: 'pragma',
    span: { source, start: line.start, end: line.end },
    name: 'error',
    arguments: words.map(asArgument),
    addressed: true,
  }),
  ident: () => undefined,
  line: (line, words, { source, report }) => {
    const good = /^\d+$/.test(words[0]?.text ?? '') && words.length <= 2 && words[1]?.quoted !== false;
    if (!good) report('control.malformed', { source, start: line.start, end: line.end }, { name: 'line' });
    return undefined;
  },
};

function asArgument({ span, text, quoted }: Word): PragmaArgument {
  return { span, text, quoted };
}

/** The words after the `#`, comments and joined lines out of the way. */
function splitWords(source: Source, line: ControlLine): Word[] {
  const words: Word[] = [];
  const from = line.start + 1;
  const text = source.text.slice(from, line.end).replace(/\\\r?\n/g, (joint) => ' '.repeat(joint.length));
  for (const found of text.matchAll(piece)) {
    const start = from + found.index;
    if (found[0].startsWith('/*')) continue;
    if (found[0].startsWith('//')) break;
    const quoted = found[1] !== undefined;
    const span = { source, start, end: start + found[0].length };
    words.push({ start, span, quoted, text: quoted ? decodeEscapes(found[1] ?? '') : found[0] });
  }
  return words;
}
