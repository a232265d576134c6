/** What the authors of programs say of their static probes: `provider name { probe name(types); };` */
import type { Host } from '../host/host.js';
import { hasModule } from '../host/kernel-modules.js';
import type { Program } from '../language/ast.js';
import type { DeclaredProvider } from '../language/checked.js';
import { check, GlobalScope } from '../language/checker/index.js';
import type { CheckContext } from '../language/context.js';
import { parseProgram } from '../language/parser/index.js';
import type { Source } from '../language/source.js';
import type { TypeSource } from '../language/types.js';
import { parseAttributes } from '../probes/attributes.js';
import type { Attributes, ProviderAttributes } from '../probes/provider.js';
import { Diagnostics, dependencies, preprocessed, type SourceText } from '../session/front-end.js';
import { definitionsOf, wordsOf } from '../session/needed-libraries.js';
import { type PreprocessRequest, preprocessingOf } from '../session/preprocessing.js';
import { type LibraryRequest, wantedLibraries } from '../session/wanted-libraries.js';
import { declareUnknownTypes } from './unknown-types.js';

export interface Declarations {
  readonly providers: readonly DeclaredProvider[];
  /** What `#pragma D attributes` say, by the provider's name. */
  readonly attributes: ReadonlyMap<string, Partial<ProviderAttributes>>;
  /** The declarations as D, with what they need and nothing else. */
  readonly text: string;
  /** There are clauses as well, which programs cannot carry. */
  readonly hasClauses: boolean;
  /** Types that are named and not defined: taken as words. */
  readonly unknownTypes: readonly string[];
}

const declaring = (types: TypeSource): CheckContext => ({
  types,
  probes: () => ({ count: 1, args: [], name: '' }),
  macros: { named: {}, arguments: [] },
  options: { strsize: 256, zeroMatches: true, destructive: true, defaultArguments: true },
});

/** `# file: x.c`: what reads such files elsewhere on Linux takes lines of this form for comments. */
const withoutRemarks = (source: Source): Source => ({
  ...source,
  text: source.text.replace(/^[ \t]*#(?!\s*(?:pragma|line|error|ident)\b|\s*\d).*$/gm, (line) =>
    ' '.repeat(line.length),
  ),
});

class Reader {
  readonly scope = new GlobalScope();
  readonly diagnostics = new Diagnostics();
  readonly unknown: string[] = [];
  readonly #context: CheckContext;

  constructor(readonly types: TypeSource) {
    this.#context = declaring(types);
  }

  parse(source: Source): Program {
    this.unknown.push(...declareUnknownTypes(source.text, this.scope, this.types));
    const parsed = parseProgram(source, {
      isTypeName: (name, module) =>
        this.scope.typedefs.has(name) || this.types.findTypedef(name, module) !== undefined,
      allowEmpty: true,
    });
    this.diagnostics.add(parsed.diagnostics);
    return parsed.program;
  }

  check(program: Program): void {
    this.diagnostics.add(check(program, this.#context, this.scope).diagnostics);
  }
}

/** Reads files of an author. Throws a `CompileError` with everything that is wrong. */
export function readDeclarations(
  sources: readonly SourceText[],
  host: Host,
  request: PreprocessRequest & LibraryRequest,
): Declarations {
  const reader = new Reader(host.types);
  const reading = preprocessingOf(host, request);
  const texts = sources.map((source) => withoutRemarks(preprocessed(source, reading, reader.diagnostics)));
  reader.diagnostics.throwErrors();
  for (const library of wantedLibraries(host, texts, request)) {
    const program = reader.parse(library);
    // Libraries about what this machine does not have are none here.
    const isThere = ([kind, name]: readonly [string, string]) => kind !== 'module' || hasModule(host, name);
    if (dependencies(program).every(isThere)) reader.check(program);
    reader.diagnostics.throwErrors();
  }
  const programs = texts.map((text) => reader.parse(text));
  reader.diagnostics.throwErrors();
  for (const program of programs) reader.check(program);
  reader.diagnostics.throwErrors();
  return declarationsOf(programs, reader);
}

/** Reads what a program carries. What cannot be understood of it is left out. */
export function readCarried(text: string, host: Host): Declarations {
  const reader = new Reader(host.types);
  const program = reader.parse({ name: '(program)', text });
  reader.check(program);
  return declarationsOf([program], reader);
}

function declarationsOf(programs: readonly Program[], { scope, unknown }: Reader): Declarations {
  return {
    providers: [...scope.providers.values()],
    attributes: statedAttributes(programs),
    text: programs.map(carriedText).join(''),
    hasClauses: programs.some(({ declarations }) => declarations.some(({ kind }) => kind === 'clause')),
    unknownTypes: unknown,
  };
}

const PARTS: ReadonlySet<string> = new Set<keyof ProviderAttributes>([
  'provider',
  'module',
  'function',
  'name',
  'args',
]);

/** `#pragma D attributes Evolving/Evolving/Common provider postgresql args` */
function statedAttributes(programs: readonly Program[]): ReadonlyMap<string, Partial<ProviderAttributes>> {
  const found = new Map<string, Record<string, Attributes>>();
  for (const declaration of programs.flatMap(({ declarations }) => declarations)) {
    if (declaration.kind !== 'pragma' || declaration.name !== 'attributes') continue;
    const [text = '', target, name = '', part = ''] = declaration.arguments.map((word) => word.text);
    const attributes = parseAttributes(text);
    if (target !== 'provider' || attributes === undefined || !PARTS.has(part)) continue;
    found.set(name, { ...found.get(name), [part]: attributes });
  }
  return found;
}

/** Providers and what is said of them; of the rest what they mention, directly or by what that mentions. */
function carriedText({ declarations }: Program): string {
  const pieces = declarations.map((declaration) => {
    const { source, start, end } = declaration.span;
    return { declaration, text: source.text.slice(start, end) };
  });
  const mentioned = new Set<string>();
  const kept = pieces.filter(({ declaration }) => declaration.kind === 'provider');
  for (const { text } of kept) for (const word of wordsOf(text)) mentioned.add(word);
  // What is defined comes before what uses it.
  const needed = pieces.toReversed().filter(({ declaration, text }) => {
    const { kind } = declaration;
    if (kind === 'pragma') return declaration.addressed && declaration.name === 'attributes';
    if (kind === 'clause' || kind === 'function') return false;
    const wanted = kind === 'provider' || [...definitionsOf(text)].some((name) => mentioned.has(name));
    if (wanted) for (const word of wordsOf(text)) mentioned.add(word);
    return wanted;
  });
  if (kept.length === 0) return '';
  return needed
    .toReversed()
    .map(({ text }) => `${text}\n`)
    .join('');
}
