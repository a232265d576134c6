/**
 * The built-in preprocessor. Its output has a line for every line read, and `# n "file"` markers around included
 * text, so the lexer's offsets lead back to where each line was written.
 */
import type { Diagnostic } from '../diagnostics.js';
import { locate } from '../lines.js';
import { diagnostic, type MessageId } from '../messages.js';
import type { Source } from '../source.js';
import { type Chunk, splitChunks } from './chunks.js';
import { ConditionError, evaluateCondition } from './condition.js';
import { Expander } from './expand.js';
import { type Macro, type MacroProblem, readCommandLineDefinition, readDefinition } from './macros.js';
import { isGap, isName, type PpToken, ppTokens, printTokens } from './tokens.js';

export interface FileLoader {
  /** The text of a file, or undefined when there is none. */
  read(path: string): string | undefined;
}

export interface PreprocessOptions {
  readonly loader?: FileLoader;
  /** -I, in order. */
  readonly includePaths?: readonly string[];
  /** -D: `name` or `name=value`; also where the caller puts `__linux__` and the like. */
  readonly defines?: readonly string[];
  /** -U */
  readonly undefines?: readonly string[];
  /** Told of every file that is included; one included by the program itself is at depth 1. */
  readonly included?: (path: string, depth: number) => void;
}

export interface PreprocessResult {
  /** The text to parse, under the name of the source it came from. */
  readonly source: Source;
  readonly diagnostics: readonly Diagnostic[];
  /** Every file included, once each. */
  readonly files: readonly string[];
}

type DirectiveChunk = Extract<Chunk, { kind: 'directive' }>;

interface Group {
  readonly name: string;
  readonly chunk: DirectiveChunk;
  readonly parent: boolean;
  active: boolean;
  taken: boolean;
  sawElse: boolean;
}

const maximumDepth = 64;
const maximumFiles = 5000;
const maximumOutput = 64 << 20;
const maximumErrors = 50;

type Handler = (file: FileReader, chunk: DirectiveChunk) => string | undefined;

export class Preprocessor {
  readonly macros = new Map<string, Macro>();
  readonly diagnostics: Diagnostic[] = [];
  readonly files = new Set<string>();
  readonly once = new Set<string>();
  readonly budget = { spent: 0, refused: false };
  included = 0;
  size = 0;

  constructor(readonly options: PreprocessOptions) {
    for (const text of options.defines ?? []) {
      const macro = readCommandLineDefinition(text);
      if ('problem' in macro)
        this.diagnostics.push(diagnostic(macro.problem, undefined, { name: macro.name }));
      else this.macros.set(macro.name, macro);
    }
    for (const name of options.undefines ?? []) this.macros.delete(name.trim());
  }

  get exhausted(): boolean {
    return this.size > maximumOutput || this.diagnostics.length >= maximumErrors;
  }
}

/** One file being read, with its open conditionals. */
export class FileReader {
  private readonly groups: Group[] = [];
  private readonly out: string[] = [];
  private readonly expander: Expander;
  private place = 0;

  constructor(
    readonly run: Preprocessor,
    readonly source: Source,
    readonly depth: number,
  ) {
    this.expander = new Expander({
      budget: run.budget,
      find: (name) => this.find(name),
      report: (id, values) => this.report(id, this.place, this.place + 1, values),
    });
  }

  read(): string {
    for (const chunk of splitChunks(this.source)) {
      if (this.run.exhausted) break;
      this.place = chunk.start;
      this.emit(chunk.kind === 'text' ? this.text(chunk) : this.directive(chunk));
    }
    for (const { name, chunk } of this.groups)
      this.report('preprocessor.open', chunk.start, chunk.end, { name });
    return this.out.join('');
  }

  get active(): boolean {
    return this.groups.at(-1)?.active ?? true;
  }

  report(id: MessageId, start: number, end: number, values: Diagnostic['values'] = {}): void {
    if (this.run.diagnostics.length >= maximumErrors) return;
    const severity = id === 'preprocessor.warning' ? 'warning' : 'error';
    this.run.diagnostics.push(diagnostic(id, { source: this.source, start, end }, values, { severity }));
  }

  reportAt(id: MessageId, chunk: DirectiveChunk, values: Diagnostic['values'] = {}): void {
    this.report(id, chunk.start, chunk.end, values);
  }

  private emit(text: string): void {
    this.run.size += text.length;
    this.out.push(text);
  }

  private text(chunk: Chunk): string {
    const text = this.source.text.slice(chunk.start, chunk.end);
    return this.active ? this.expandText(text, chunk.start) : newlines(text);
  }

  /** Texts without a macro's name, which are most, pass through untouched. */
  private expandText(text: string, start: number): string {
    const tokens = ppTokens(text);
    if (!tokens.some((token) => isName(token) && this.find(token.text))) return text;
    const out: string[] = [];
    // Line by line, but a line whose last macro call is still open takes the next ones with it.
    let line: PpToken[] = [];
    let offset = start;
    let level = 0;
    for (const token of tokens) {
      line.push(token);
      if (token.text === '(') level++;
      else if (token.text === ')') level--;
      if (token.text === '\n' && level <= 0) {
        this.place = offset;
        out.push(printTokens(this.expander.expand(line)));
        offset += line.reduce((sum, t) => sum + t.text.length, 0);
        line = [];
        level = 0;
      }
    }
    this.place = offset;
    out.push(printTokens(this.expander.expand(line)));
    return out.join('');
  }

  private directive(chunk: DirectiveChunk): string {
    const raw = this.source.text.slice(chunk.start, chunk.end);
    const conditional = conditionals[chunk.name];
    if (conditional) {
      conditional(this, chunk);
      return newlines(raw);
    }
    if (!this.active) return newlines(raw);
    // Line markers, the script line, and a lone # mean something to others or to nobody.
    if (/^\d*$/.test(chunk.name) || chunk.name === '!') return raw;
    const handler = handlers[chunk.name];
    if (handler) return handler(this, chunk) ?? newlines(raw);
    this.reportAt('preprocessor.unknown', chunk, { name: chunk.name });
    return newlines(raw);
  }

  // ---- conditionals

  open(chunk: DirectiveChunk, test: () => boolean): void {
    const parent = this.active;
    const active = parent && test();
    this.groups.push({ name: chunk.name, chunk, parent, active, taken: active, sawElse: false });
  }

  turn(chunk: DirectiveChunk, test: () => boolean): void {
    const group = this.groups.at(-1);
    if (!group) {
      this.reportAt('preprocessor.unbalanced', chunk, { name: chunk.name });
      return;
    }
    if (group.sawElse) this.reportAt('preprocessor.after-else', chunk, { name: chunk.name });
    if (chunk.name === 'else') group.sawElse = true;
    group.active = group.parent && !group.taken && test();
    if (group.active) group.taken = true;
  }

  close(chunk: DirectiveChunk): void {
    if (!this.groups.pop()) this.reportAt('preprocessor.unbalanced', chunk, { name: chunk.name });
  }

  isDefined(chunk: DirectiveChunk): boolean {
    const name = /^\s*([A-Za-z_]\w*)/.exec(chunk.rest)?.[1];
    if (name === undefined) this.reportAt('preprocessor.name', chunk, { name: chunk.name });
    return name !== undefined && this.find(name) !== undefined;
  }

  condition(chunk: DirectiveChunk): boolean {
    try {
      return evaluateCondition(this.expander.expand(this.withoutDefined(chunk.rest)));
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error;
      this.reportAt(error.id, chunk, { name: chunk.name, ...error.values });
      return false;
    }
  }

  private withoutDefined(text: string): PpToken[] {
    const plain = text.replace(
      /\bdefined\s*(?:\(\s*([A-Za-z_]\w*)\s*\)|([A-Za-z_]\w*))/g,
      (_, a?: string, b?: string) => (this.find(a ?? b ?? '') ? ' 1 ' : ' 0 '),
    );
    return ppTokens(plain).filter((token) => token.text !== '\n');
  }

  // ---- macros

  find(name: string): Macro | undefined {
    if (name === '__LINE__' || name === '__FILE__') {
      const place = locate(this.source, this.place);
      const text = name === '__LINE__' ? String(place.line) : JSON.stringify(place.name);
      return { name, variadic: false, body: [{ text }] };
    }
    return this.run.macros.get(name);
  }

  define(chunk: DirectiveChunk): void {
    const macro: Macro | MacroProblem = readDefinition(chunk.rest);
    if ('problem' in macro) this.reportAt(macro.problem, chunk, { name: macro.name });
    else this.run.macros.set(macro.name, macro);
  }

  undefine(chunk: DirectiveChunk): void {
    const name = /^\s*([A-Za-z_]\w*)/.exec(chunk.rest)?.[1];
    if (name === undefined) this.reportAt('preprocessor.name', chunk, { name: 'undef' });
    else this.run.macros.delete(name);
  }

  // ---- include

  include(chunk: DirectiveChunk): string | undefined {
    const written = /^\s*["<]/.test(chunk.rest)
      ? chunk.rest
      : printTokens(this.expander.expand(ppTokens(chunk.rest).filter((t) => !isGap(t) || t.text === ' ')));
    const target = /^\s*(?:"([^"]+)"|<([^>]+)>)/.exec(written);
    const file = target?.[1] ?? target?.[2];
    if (file === undefined) return void this.reportAt('preprocessor.include', chunk);
    if (this.depth >= maximumDepth || this.run.included >= maximumFiles) {
      return void this.reportAt('preprocessor.include-depth', chunk, { limit: maximumDepth });
    }
    const found = this.search(file, target?.[1] !== undefined);
    if (!found) return void this.reportAt('preprocessor.missing', chunk, { file });
    if (this.run.once.has(found.name)) return undefined;
    this.run.included++;
    this.run.files.add(found.name);
    this.run.options.included?.(found.name, this.depth + 1);
    const text = new FileReader(this.run, found, this.depth + 1).read();
    const here = locate(this.source, chunk.end);
    // The newline that ends the directive follows what is returned here.
    return `# 1 ${quoted(found.name)}\n${text}${text.endsWith('\n') || text === '' ? '' : '\n'}# ${here.line + 1} ${quoted(here.name)}`;
  }

  private search(file: string, besides: boolean): Source | undefined {
    const own = this.source.name.replace(/[^/]*$/, '');
    const folders = file.startsWith('/')
      ? ['']
      : [...(besides ? [own] : []), ...(this.run.options.includePaths ?? [])];
    for (const folder of folders) {
      const name = folder === '' || folder.endsWith('/') ? folder + file : `${folder}/${file}`;
      const text = this.run.options.loader?.read(name);
      if (text !== undefined) return { name, text };
    }
    return undefined;
  }
}

const conditionals: Readonly<Record<string, (file: FileReader, chunk: DirectiveChunk) => void>> = {
  if: (file, chunk) => file.open(chunk, () => file.condition(chunk)),
  ifdef: (file, chunk) => file.open(chunk, () => file.isDefined(chunk)),
  ifndef: (file, chunk) => file.open(chunk, () => !file.isDefined(chunk)),
  elif: (file, chunk) => file.turn(chunk, () => file.condition(chunk)),
  else: (file, chunk) => file.turn(chunk, () => true),
  endif: (file, chunk) => file.close(chunk),
};

const asWritten: Handler = (file, chunk) => file.source.text.slice(chunk.start, chunk.end);

const handlers: Readonly<Record<string, Handler>> = {
  include: (file, chunk) => file.include(chunk),
  define: (file, chunk) => void file.define(chunk),
  undef: (file, chunk) => void file.undefine(chunk),
  error: (file, chunk) => void file.reportAt('preprocessor.error', chunk, { text: chunk.rest.trim() }),
  warning: (file, chunk) => void file.reportAt('preprocessor.warning', chunk, { text: chunk.rest.trim() }),
  line: (file, chunk) => {
    if (/^\s*\d+\s*(?:"[^"]*"\s*)?$/.test(chunk.rest)) return asWritten(file, chunk);
    return void file.reportAt('preprocessor.line', chunk);
  },
  pragma: (file, chunk) => {
    if (/^\s*once\s*$/.test(chunk.rest)) return void file.run.once.add(file.source.name);
    return asWritten(file, chunk);
  },
  ident: asWritten,
};

function newlines(text: string): string {
  return text.replace(/[^\n]+/g, '');
}

function quoted(name: string): string {
  return `"${name.replace(/["\\]/g, '\\$&')}"`;
}
