import type { Source } from '../language/source.js';

const WORD = /[A-Za-z_]\w*/g;

/** How D defines names: the last group of each is one. */
const DEFINITIONS = [
  /\binline\s[^=;]*?(\w+)\s*(?:\[[^\]]*\]\s*)?=/g,
  /\btypedef\s[^{;]*?(\w+)\s*;/g,
  /\}\s*(\w+)\s*;/g,
  /\btranslator\s+(\w+)/g,
  /\b(?:struct|union|enum)\s+(\w+)\s*\{/g,
];

export const wordsOf = (text: string): Set<string> => new Set(text.match(WORD));

/** Names that a text defines. */
export function definitionsOf(text: string): Set<string> {
  const names = new Set<string>();
  for (const pattern of DEFINITIONS) for (const [, name] of text.matchAll(pattern)) if (name) names.add(name);
  return names;
}

/**
 * Those of our own libraries that define something the scripts mention, or that one of these needs, in their order.
 * Texts that include others may mention anything; whoever looks at a probe's arguments may need any translator.
 */
export function neededLibraries(libraries: readonly Source[], scripts: readonly Source[]): readonly Source[] {
  const mentioned = new Set<string>();
  for (const { text } of scripts) for (const word of wordsOf(text)) mentioned.add(word);
  if (mentioned.has('include')) return libraries;
  const needed = new Set<Source>();
  const waiting = libraries.map((library) => {
    const names = definitionsOf(library.text);
    // Translators are used without being named where a provider says that an argument is translated.
    if (/\btranslator\s/.test(library.text)) names.add('args');
    return { library, names };
  });
  for (let found = true; found; ) {
    found = false;
    for (const { library, names } of waiting) {
      if (needed.has(library) || ![...names].some((name) => mentioned.has(name))) continue;
      needed.add(library);
      for (const word of wordsOf(library.text)) mentioned.add(word);
      found = true;
    }
  }
  return libraries.filter((library) => needed.has(library));
}
