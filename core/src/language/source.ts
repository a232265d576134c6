/** A piece of D text: a script, a -n argument, a D library file, an included header. */
export interface Source {
  /** Shown in messages: a path, or `(command line)` style names chosen by the caller. */
  readonly name: string;
  readonly text: string;
}

/** Half-open range of UTF-16 offsets in one source. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** 1-based position, as editors count. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function positionOf(source: Source, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  const end = Math.min(offset, source.text.length);
  for (let i = source.text.indexOf('\n'); i >= 0 && i < end; i = source.text.indexOf('\n', i + 1)) {
    line++;
    lineStart = i + 1;
  }
  return { line, column: end - lineStart + 1 };
}

export function joinSpans(from: Span, to: Span): Span {
  return from.source === to.source ? { source: from.source, start: from.start, end: to.end } : from;
}
