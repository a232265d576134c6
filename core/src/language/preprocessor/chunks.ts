/** A file as the preprocessor walks it: directives, and the text between them. */
import type { Source } from '../source.js';

export type Chunk =
  | { readonly kind: 'text'; readonly start: number; readonly end: number }
  /** `rest` is what stands behind the name, comments blanked, joined lines joined; the newline is not included. */
  | {
      readonly kind: 'directive';
      readonly start: number;
      readonly end: number;
      readonly name: string;
      readonly rest: string;
    };

/** What can hide a `#` at the beginning of a line, or is one. */
const interesting =
  /"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?|\/\*[\s\S]*?(?:\*\/|(?![\s\S]))|\/\/(?!\*)[^\n]*|^[^\S\n]*#/gm;

export function splitChunks(source: Source): Chunk[] {
  const { text } = source;
  const chunks: Chunk[] = [];
  let from = 0;
  interesting.lastIndex = 0;
  for (let found = interesting.exec(text); found; found = interesting.exec(text)) {
    if (!found[0].endsWith('#') || /^["'/]/.test(found[0])) continue;
    const start = found.index;
    if (start > from) chunks.push({ kind: 'text', start: from, end: start });
    const end = directiveEnd(text, start + found[0].length);
    const body = text
      .slice(start + found[0].length, end)
      .replace(/\\\r?\n/g, '')
      .replace(/\/\*[\s\S]*?(?:\*\/|$)/g, ' ');
    const parts = /^\s*(\w*)([\s\S]*)$/.exec(body);
    const isScriptLine = start === 0 && text.startsWith('#!');
    chunks.push({
      kind: 'directive',
      start,
      end,
      name: isScriptLine ? '!' : (parts?.[1] ?? ''),
      rest: parts?.[2] ?? '',
    });
    from = end;
    interesting.lastIndex = Math.max(end, interesting.lastIndex);
  }
  if (from < text.length) chunks.push({ kind: 'text', start: from, end: text.length });
  return chunks;
}

/** The newline that ends it: joined lines and comments that span lines belong to the directive. */
function directiveEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === '\n') return at;
    if (c === '\\') at += text.startsWith('\r\n', at + 1) ? 2 : 1;
    else if (c === '"' || c === "'") at = literalEnd(text, at);
    else if (text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at + 2);
      if (close < 0) return text.length;
      at = close + 1;
    }
  }
  return text.length;
}

/** Of the last character of a literal that ends on its line; an apostrophe in an #error text opens nothing. */
function literalEnd(text: string, open: number): number {
  const quote = text.charAt(open);
  for (let at = open + 1; at < text.length && text.charAt(at) !== '\n'; at++) {
    if (text.charAt(at) === '\\') at++;
    else if (text.charAt(at) === quote) return at;
  }
  return open;
}
