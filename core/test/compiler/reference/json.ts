/** json() as D has it: the value a path selects, as it is written; `null` where there is none. */

const space = /[\t-\r ]/;

export const selectorParts = (selector: string): string[] =>
  selector.replace(/^\[/, '').replaceAll(']', '').split(/[.[]/);

class Scanner {
  at = 0;

  constructor(readonly text: string) {}

  next(): string | undefined {
    while (this.at < this.text.length && space.test(this.text[this.at]!)) this.at++;
    return this.text[this.at];
  }

  take(pattern: RegExp): string | undefined {
    const [found] = new RegExp(pattern.source, 'y').exec(this.text.slice(this.at)) ?? [];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  /** Without its quotes. */
  string(): string | undefined {
    return this.take(/"(?:[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u])*"/)?.slice(1, -1);
  }

  /** A value that is not looked into. Nested ones are only seen to close as often as they open. */
  value(): string | undefined {
    const first = this.next();
    if (first === '"') return this.string();
    if (first === '{' || first === '[') return this.nested();
    const word = this.take(/[a-z]+/);
    if (word !== undefined) return this.ended(['true', 'false', 'null'].includes(word) ? word : undefined);
    return this.number();
  }

  /** What ends only with the text has not ended. */
  private ended(value: string | undefined): string | undefined {
    return this.at < this.text.length ? value : undefined;
  }

  private number(): string | undefined {
    const start = this.at;
    const first = this.take(/[-0-9]/);
    if (first === undefined) return undefined;
    this.take(/[0-9]*/);
    if (/[xX]/.test(this.text[this.at] ?? '')) return undefined;
    if (this.take(/\./) !== undefined) this.take(/[0-9]*/);
    if (this.take(/[eE]/) !== undefined) this.take(/[-+0-9]*/);
    else if (/[-+]/.test(this.text[this.at] ?? '')) return undefined;
    return this.ended(this.text.slice(start, this.at));
  }

  private nested(): string | undefined {
    const start = this.at;
    const depth = { braces: 0, brackets: 0 };
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined) return undefined;
      if (c === '"') {
        if (this.string() === undefined) return undefined;
        continue;
      }
      this.at++;
      if (c === '{') depth.braces++;
      if (c === '[') depth.brackets++;
      if (c === '}' && depth.braces-- === 0) return undefined;
      if (c === ']' && depth.brackets-- === 0) return undefined;
      if (depth.braces === 0 && depth.brackets === 0) return this.text.slice(start, this.at);
    }
  }
}

export function json(text: string, selector: string): string | null {
  const scanner = new Scanner(text);
  const first = scanner.next();
  if (first !== '{' && first !== '[') return null;
  return into(scanner, selectorParts(selector)) ?? null;
}

/** The scanner is at an object or array: its member, or what lies further inside. */
function into(scanner: Scanner, [part = '', ...rest]: readonly string[]): string | undefined {
  const array = scanner.text[scanner.at] === '[';
  scanner.at++;
  const wanted = part.startsWith('-') ? -1 : Number(/^\d*/.exec(part)![0] || '0');
  for (let position = 0; ; position++) {
    let found = array && position === wanted;
    if (!array) {
      if (scanner.next() !== '"') return undefined;
      found = scanner.string() === part;
      if (scanner.next() !== ':') return undefined;
      scanner.at++;
    }
    const first = scanner.next();
    if (found && rest.length > 0) return first === '{' || first === '[' ? into(scanner, rest) : undefined;
    const value = scanner.value();
    if (found || value === undefined) return value;
    if (scanner.next() !== ',') return undefined;
    scanner.at++;
  }
}
