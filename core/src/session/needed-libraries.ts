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

const wordsOf = (text: string): Set<string> => new Set(text.match(WORD));

function definitionsOf(text: string): Set<string> {
  const names = new Set<string>();
  for (const pattern of DEFINITIONS) for (const [, name] of text.matchAll(pattern)) if (name) names.add(name);
  return names;
}

/**
 * Those of our own libraries that define something the scripts mention, or that one of these needs, in their order.
 * Texts that include others may mention anything; so may the arguments of probes, whose types providers name.
 */
export function neededLibraries(libraries: readonly Source[], scripts: readonly Source[]): readonly Source[] {
  const mentioned = new Set<string>();
  for (const { text } of scripts) for (const word of wordsOf(text)) mentioned.add(word);
  if (mentioned.has('include') || mentioned.has('args')) return libraries;
  const needed = new Set<Source>();
  const waiting = libraries.map((library) => ({ library, names: definitionsOf(library.text) }));
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
