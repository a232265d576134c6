/** `/` both divides and ends predicates; what follows it tells which. */
import type { Token } from '../lexer/tokens.js';
import { isBlank, lineEnd } from '../lexer/trivia.js';

/**
 * Does the predicate end at this slash? It does when actions, a `;`, another slash or nothing follow. A comment
 * before the actions begins with a slash too. Inside brackets that comment may as well stand before a divisor.
 */
export function predicateEndsAt(text: string, slash: Token, inBrackets = false): boolean {
  const at = nextSolid(text, slash.end);
  const next = text[at];
  return next === undefined || next === '{' || next === ';' || (next === '/' && !inBrackets);
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
