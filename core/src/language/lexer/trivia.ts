/** What stands between tokens: white space, comments, and where a line begins with `#`. */

const blank: readonly boolean[] = Array.from(
  { length: 33 },
  (_, code) => code === 32 || (code >= 9 && code <= 13),
);

export type Stop =
  /** A token begins here, or the text ends. */
  | 'token'
  /** `#` as the first thing on its line. */
  | 'control'
  | 'open-comment';

export interface Skipped {
  readonly at: number;
  readonly stop: Stop;
}

export function isBlank(code: number): boolean {
  return code <= 32 ? blank[code] === true : code === 0xfeff || code === 0xa0;
}

/** Skips from `at` to the next token or control line. */
export function skipTrivia(text: string, from: number, lineComments = true): Skipped {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (isBlank(code)) at++;
    else if (code === 35 /* # */) return { at, stop: atLineStart(text, at) ? 'control' : 'token' };
    else if (code === 92 /* \ */ && isNewline(text, at + 1)) at += text.charCodeAt(at + 1) === 13 ? 3 : 2;
    else if (code === 47 /* / */ && text.charCodeAt(at + 1) === 42) {
      const close = text.indexOf('*/', at + 2);
      if (close < 0) return { at, stop: 'open-comment' };
      at = close + 2;
    } else if (code === 47 && lineComments && isLineComment(text, at)) at = lineEnd(text, at);
    else return { at, stop: 'token' };
  }
}

/** Where the next token begins, control lines passed over. */
export function nextToken(text: string, from: number): number {
  for (let at = from; ; ) {
    const skipped = skipTrivia(text, at);
    if (skipped.stop !== 'control') return Math.min(skipped.at, text.length);
    at = lineEnd(text, skipped.at);
  }
}

/**
 * `//` starts a comment, except that in `a //* … *\/ b` classic D divides and then reads a block comment: where
 * something stands before it on the line, `//*` keeps that meaning.
 */
function isLineComment(text: string, at: number): boolean {
  if (text.charCodeAt(at + 1) !== 47) return false;
  return text.charCodeAt(at + 2) !== 42 || atLineStart(text, at);
}

export function atLineStart(text: string, at: number): boolean {
  let i = at - 1;
  while (i >= 0 && text.charCodeAt(i) !== 10 && isBlank(text.charCodeAt(i))) i--;
  return i < 0 || text.charCodeAt(i) === 10;
}

/** Offset of the newline that ends the line, or of the end of the text. */
export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline;
}

function isNewline(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 10 || (code === 13 && text.charCodeAt(at + 1) === 10);
}
