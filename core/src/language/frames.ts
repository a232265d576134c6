/** Code frames: the lines a diagnostic speaks of, with the place underlined. */
import { locate } from './lines.js';
import type { Span } from './source.js';

export interface FrameOptions {
  readonly color?: boolean;
  /** Lines shown before the first underlined one. */
  readonly context?: number;
}

const maximumLines = 4;
const maximumColumns = 160;

export function codeFrame(span: Span, options: FrameOptions = {}): string {
  const { text } = span.source;
  const start = Math.min(span.start, text.length);
  const end = Math.min(Math.max(span.end, start + 1), Math.max(text.length, start + 1));
  const place = locate(span.source, start);
  const paint = options.color ? (s: string) => `\u001b[31m${s}\u001b[0m` : (s: string) => s;
  const rows: { number: number; line: string; mark?: string }[] = [];

  let lineStart = text.lastIndexOf('\n', start - 1) + 1;
  if (start === 0) lineStart = 0;
  for (let number = place.line, n = 0; n < maximumLines; number++, n++) {
    const newline = text.indexOf('\n', lineStart);
    const lineEnd = newline < 0 ? text.length : newline;
    const line = text.slice(lineStart, lineEnd);
    const from = Math.max(start, lineStart);
    const to = Math.min(end, Math.max(lineEnd, from + 1));
    rows.push({
      number,
      line,
      mark: padding(line.slice(0, from - lineStart)) + '^'.repeat(Math.max(1, to - from)),
    });
    if (end <= lineEnd + 1 || newline < 0) break;
    lineStart = lineEnd + 1;
  }
  addContext(rows, text, start, place.line, options.context ?? 1);

  const width = Math.max(...rows.map((row) => String(row.number).length));
  const gutter = ' '.repeat(width);
  return rows
    .flatMap(({ number, line, mark }) => {
      const shown = `${String(number).padStart(width)} | ${clip(line)}`.trimEnd();
      return mark === undefined ? [shown] : [shown, `${gutter} | ${paint(clip(mark))}`];
    })
    .join('\n');
}

function addContext(
  rows: { number: number; line: string; mark?: string }[],
  text: string,
  start: number,
  first: number,
  count: number,
): void {
  let end = start === 0 ? -1 : text.lastIndexOf('\n', start - 1);
  for (let n = 1; n <= count && end >= 0 && first - n >= 1; n++) {
    const begin = end === 0 ? 0 : text.lastIndexOf('\n', end - 1) + 1;
    rows.unshift({ number: first - n, line: text.slice(begin, end) });
    end = begin - 1;
  }
}

/** Tabs stay tabs so that the mark lines up whatever width the terminal gives them. */
function padding(before: string): string {
  return before.replace(/[^\t]/g, ' ');
}

function clip(line: string): string {
  return line.length > maximumColumns ? `${line.slice(0, maximumColumns)}…` : line;
}
