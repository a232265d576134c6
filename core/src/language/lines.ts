/**
 * Where an offset lies, as a person counts: lines, columns, and the file a preprocessor took the text from.
 * Offsets are all the stages keep; lines are counted when somebody wants to read them.
 */
import { positionOf, type Source } from './source.js';

export interface Place {
  /** File name: the source's own, or what the last line marker above said. */
  readonly name: string;
  readonly line: number;
  readonly column: number;
}

/** `# 12 "file"` and `#line 12 "file"`: the next line is line 12 of that file. */
const marker = /^[ \t]*#[ \t]*(?:line[ \t]+)?(\d+)(?:[ \t]+"((?:[^"\\\n]|\\.)*)")?[^\n]*$/gm;

export function locate(source: Source, offset: number): Place {
  const here = positionOf(source, offset);
  let name = source.name;
  let line = here.line;
  if (!source.text.includes('#')) return { name, ...here };
  const lineStart = offset - (here.column - 1);
  marker.lastIndex = 0;
  for (
    let found = marker.exec(source.text);
    found && found.index < lineStart;
    found = marker.exec(source.text)
  ) {
    // The marker's own line does not count: the line below it is the one it numbers.
    const below = positionOf(source, found.index).line + 1;
    line = Number(found[1]) + (here.line - below);
    if (found[2] !== undefined) name = found[2].replace(/\\(.)/g, '$1') || source.name;
  }
  return { name, line, column: here.column };
}
