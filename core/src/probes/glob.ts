/** Shell patterns as probe descriptions have them: `*`, `?`, `[a-z]`, `[!a-z]`, `\` before a literal character. */

const SPECIAL = /[*?[\\]/;
const REGEXP_SPECIAL = /[.*+?^${}()|[\]\\/-]/g;

export type NameMatcher = (name: string) => boolean;

const everything: NameMatcher = () => true;
const nothing: NameMatcher = () => false;

/** Whether a pattern may match more than the one name it spells. Empty patterns match everything. */
export function isPattern(text: string): boolean {
  return text === '' || SPECIAL.test(text);
}

const literal = (character: string): string => character.replace(REGEXP_SPECIAL, '\\$&');

/** The regular expression of a `[…]` that starts at `open`, and where it ends; undefined when nothing closes it. */
function bracket(pattern: string, open: number): { source: string; end: number } | undefined {
  let at = open + 1;
  const negated = pattern[at] === '!';
  if (negated) at++;
  let body = '';
  for (const first = at; at < pattern.length; at++) {
    let character = pattern[at] as string;
    if (character === ']' && at > first) return { source: `[${negated ? '^' : ''}${body}]`, end: at };
    if (character === '-' && at > first && pattern[at + 1] !== ']') {
      body += '-';
      continue;
    }
    if (character === '\\' && at + 1 < pattern.length) character = pattern[++at] as string;
    body += literal(character);
  }
  return undefined;
}

function toRegExp(pattern: string): RegExp | undefined {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string;
    if (character === '*') {
      source += '.*';
    } else if (character === '?') {
      source += '.';
    } else if (character === '[') {
      const set = bracket(pattern, at);
      if (set === undefined) return undefined;
      source += set.source;
      at = set.end;
    } else {
      source += literal(
        character === '\\' && at + 1 < pattern.length ? (pattern[++at] as string) : character,
      );
    }
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return undefined; // a range that runs backwards
  }
}

/** Compiles a pattern once for many names. A malformed pattern matches nothing. */
export function nameMatcher(pattern: string): NameMatcher {
  if (pattern === '' || pattern === '*') return everything;
  if (!SPECIAL.test(pattern)) return (name) => name === pattern;
  const expression = toRegExp(pattern);
  return expression === undefined ? nothing : (name) => expression.test(name);
}
