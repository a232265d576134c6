/** `/` both divides and ends predicates; what follows it tells which. */
import type { Token } from '../lexer/tokens.js';
import { isBlank, lineEnd } from '../lexer/trivia.js';

/**
 * Does the predicate end at this slash? It does when actions, a `;`, another slash or nothing follow. A comment
 * before the actions begins with a slash too.
 */
export function predicateEndsAt(text: string, slash: Token): boolean {
  const at = nextSolid(text, slash.end);
  return at >= text.length || text[at] === '{' || text[at] === ';' || text[at] === '/';
}

/** Skips blanks, and control lines between the predicate and the actions. */
function nextSolid(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && isBlank(text.charCodeAt(at))) at++;
    if (text[at] !== '#') return at;
    at = lineEnd(text, at);
  }
}
