/** How tokens are called in messages. */
import type { Token, TokenKind } from '../lexer/tokens.js';

const kinds: Readonly<Partial<Record<TokenKind, string>>> = {
  name: 'a name',
  integer: 'a number',
  character: 'a character constant',
  real: 'a number',
  text: 'a string',
  macro: 'a macro variable',
  aggregation: 'an aggregation',
  symbol: 'a kernel symbol',
  end: 'end of input',
};

const longest = 40;

export function describeKind(kind: TokenKind): string {
  return kinds[kind] ?? `'${kind}'`;
}

/** As messages quote it: `near "}"`, `near end of input`. */
export function quoteToken(token: Token, source: string): string {
  if (token.kind === 'end') return 'end of input';
  const written = source.slice(token.start, token.end);
  const shown = written.length > longest ? `${written.slice(0, longest)}…` : written;
  return token.kind === 'text' ? shown : `"${shown}"`;
}
