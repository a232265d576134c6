/** Preprocessing tokens: names, numbers, literals, comments, blanks and single characters, every character kept. */

export interface PpToken {
  readonly text: string;
  /** Macros this token may not expand again. */
  readonly hidden?: ReadonlySet<string>;
  /** Came out of a macro: the printer keeps it from growing together with its neighbour. */
  readonly expanded?: boolean;
}

const shape =
  /[A-Za-z_]\w*|\.?\d(?:[eE][+-]|[\w.])*|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|\/\*[\s\S]*?\*\/|\/\/(?!\*)[^\n]*|[^\S\n]+|\n|##|<<=|>>=|\.\.\.|->|\+\+|--|<<|>>|&&|\|\||\^\^|[-+*/%&|^<>=!]=|[\s\S]/g;

export function ppTokens(text: string): PpToken[] {
  return Array.from(text.match(shape) ?? [], (piece) => ({ text: piece }));
}

export function isName(token: PpToken | undefined): token is PpToken {
  return token !== undefined && /^[A-Za-z_]/.test(token.text);
}

/** Blanks, newlines and comments. */
export function isGap(token: PpToken): boolean {
  return /^\s/.test(token.text) || isComment(token);
}

export function isComment(token: PpToken): boolean {
  return token.text.length > 1 && (token.text.startsWith('/*') || token.text.startsWith('//'));
}

/** Drops gaps at both ends; those inside become one blank each. */
export function tidy(tokens: readonly PpToken[]): PpToken[] {
  const out: PpToken[] = [];
  let gap = false;
  for (const token of tokens) {
    if (isGap(token)) gap = true;
    else {
      if (gap && out.length > 0) out.push({ text: ' ' });
      out.push(token);
      gap = false;
    }
  }
  return out;
}

/** Joins the tokens; a blank goes between two that would read as one token and of which one was expanded. */
export function printTokens(tokens: readonly PpToken[]): string {
  let out = '';
  let before: PpToken | undefined;
  for (const token of tokens) {
    if (before && (before.expanded || token.expanded) && wouldJoin(before.text, token.text)) out += ' ';
    out += token.text;
    before = token;
  }
  return out;
}

function wouldJoin(left: string, right: string): boolean {
  const pair = left.slice(-1) + right.slice(0, 1);
  return (
    /^\w\w$/.test(pair) || /^(?:\+\+|--|&&|\|\||\^\^|<<|>>|[-+*/%&|^<>=!]=|->|\/\/|\/\*|\.\d)$/.test(pair)
  );
}
