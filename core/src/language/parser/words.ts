/** How tokens are called in messages. */
import { keywordSet, type Token, type TokenKind } from '../lexer/tokens.js';

const kinds: Readonly<Partial<Record<TokenKind, string>>> = {
  name: 'a name',
  integer: 'a number',
  character: 'a character constant',
  real: 'a number',
  text: 'a string',
  macro: 'a macro variable',
  aggregation: 'an aggregation',
  symbol: 'a kernel symbol',
  end: 'the end of the input',
};

const longest = 40;

export function describeKind(kind: TokenKind): string {
  return kinds[kind] ?? `'${kind}'`;
}

export function describeToken(token: Token, source: string): string {
  if (token.kind === 'end') return 'the end of the input';
  if (keywordSet.has(token.kind)) return `the keyword '${token.text}'`;
  const written = source.slice(token.start, token.end);
  const shown = written.length > longest ? `${written.slice(0, longest)}…` : written;
  return token.kind === 'text' ? shown : `'${shown}'`;
}
