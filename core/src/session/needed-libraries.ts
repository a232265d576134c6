import type { Source } from '../language/source.js';

const WORD = /[A-Za-z_]\w*/g;

/** How D defines names: the last group of each is one. */
const DEFINITIONS = [
  /\binline\s[^=;]*?(\w+)\s*(?:\[[^\]]*\]\s*)?=/g,
  /\btypedef\s[^{;]*?(\w+)\s*;/g,
  /\}\s*(\w+)\s*;/g,
  /\btranslator\s+(\w+)/g,
  /^(?:this|self)\s[^;=]*?(\w+)\s*;/gm,
  /\b(?:struct|union|enum)\s+(\w+)\s*\{/g,
];

export const wordsOf = (text: string): Set<string> => new Set(text.match(WORD));

/** Names that a text defines. */
export function definitionsOf(text: string): Set<string> {
  const names = new Set<string>();
  for (const pattern of DEFINITIONS) for (const [, name] of text.matchAll(pattern)) if (name) names.add(name);
  return names;
}

const INCLUDES = /^\s*#\s*include\b/m;
const COMMENT = /\/\*[\s\S]*?\*\//g;

/** Lines of a library that go together: a declaration, or all between `#if` and `#endif`. */
interface Piece {
  readonly lines: readonly string[];
  readonly names: ReadonlySet<string>;
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let lines: string[] = [];
  let depth = 0;
  let choosing = false;
  const cut = () => {
    if (lines.length > 0) pieces.push({ lines, names: definitionsOf(lines.join('\n')) });
    lines = [];
  };
  for (const line of text.replace(COMMENT, (comment) => comment.replace(/[^\n]/g, ' ')).split('\n')) {
    lines.push(line);
    depth += line.split('{').length - line.split('}').length;
    if (line.startsWith('#if')) choosing = true;
    if (line.startsWith('#endif')) choosing = false;
    if (depth === 0 && !choosing && /;\s*$|^#(?:pragma|endif)/.test(line)) cut();
  }
  cut();
  return pieces;
}

/** A library of which some pieces are wanted; the others are empty lines. */
class PartialLibrary {
  private readonly pieces: readonly Piece[];
  private readonly taken = new Set<Piece>();

  constructor(private readonly library: Source) {
    this.pieces = piecesOf(library.text);
  }

  /** Takes the pieces that define what is mentioned, and gives those that it had not. */
  take(wanted: (piece: Piece) => boolean): readonly Piece[] {
    const found = this.pieces.filter((piece) => !this.taken.has(piece) && wanted(piece));
    for (const piece of found) this.taken.add(piece);
    return found;
  }

  get part(): Source | undefined {
    if (this.taken.size === 0) return undefined;
    const lines = this.pieces.flatMap((piece) =>
      this.taken.has(piece) || piece.lines.at(-1)?.startsWith('#pragma')
        ? piece.lines
        : piece.lines.map(() => ''),
    );
    return { ...this.library, text: lines.join('\n') };
  }
}

/**
 * Those of our own libraries that define something the scripts mention, or that one of these needs, in their order and
 * no more of each than that. Texts that include others may mention anything. Whoever looks at a probe's arguments may need
 * any translator, unless `argumentTexts` say which.
 */
export function neededLibraries(
  libraries: readonly Source[],
  scripts: readonly Source[],
  argumentTexts?: readonly string[],
): readonly Source[] {
  const mentioned = new Set<string>();
  const mention = (text: string) => {
    for (const word of wordsOf(text)) mentioned.add(word);
  };
  for (const { text } of scripts) mention(text);
  if (scripts.some(({ text }) => INCLUDES.test(text))) return libraries;
  for (const text of argumentTexts ?? []) mention(text);
  const anyTranslator = argumentTexts === undefined && mentioned.has('args');
  const isWanted = ({ lines, names }: Piece) =>
    [...names].some((name) => mentioned.has(name)) ||
    (anyTranslator && lines.some((line) => /^translator\s/.test(line)));
  const parts = libraries.map((library) => new PartialLibrary(library));
  for (let found = true; found; ) {
    const pieces = parts.flatMap((part) => part.take(isWanted));
    for (const { lines } of pieces) mention(lines.join('\n'));
    found = pieces.length > 0;
  }
  return parts.flatMap((part) => part.part ?? []);
}
