/** The words of a -c command, split where white space is: no shell reads it. */
export function words(command: string): readonly string[] {
  const found = command.split(/[ \t\n\r\v\f]+/).filter((word) => word !== '');
  return found.length > 0 ? found : [command];
}

/** A description's text up to its predicate or body, as messages name it. */
export function descriptionOf(text: string): string {
  const end = text.search(/[{/;]/);
  return end < 0 ? text : text.slice(0, end);
}
