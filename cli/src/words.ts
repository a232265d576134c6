const QUOTED = /"(?:[^"\\]|\\[\s\S])*"|'[^']*'/;
const WORD = new RegExp(String.raw`(?:${QUOTED.source}|\\["'\\\s]|[^\s"'])+`, 'g');
const PIECE = new RegExp(String.raw`(${QUOTED.source})|\\(["'\\\s])`, 'g');

function unquoted(word: string): string {
  return word.replace(PIECE, (_, quoted: string | undefined, escaped: string) => {
    if (quoted === undefined) return escaped;
    const inside = quoted.slice(1, -1);
    return quoted.startsWith('"') ? inside.replace(/\\(["\\])/g, '$1') : inside;
  });
}

/**
 * The words of a -c command. No shell reads it: words end where white space is, quotes keep some together, and a
 * backslash takes their meaning from quotes, white space and itself. Quotes that do not pair mean themselves.
 */
export function words(command: string): readonly string[] {
  const pairs = !/["']/.test(command.replace(PIECE, ''));
  const found = pairs
    ? command.match(WORD)?.map(unquoted)
    : command.split(/\s+/).filter((word) => word !== '');
  return found !== undefined && found.length > 0 ? found : [command];
}

/** A description's text up to its predicate or body, as messages name it. */
export function descriptionOf(text: string): string {
  const end = text.search(/[{/;]/);
  return end < 0 ? text : text.slice(0, end);
}
