import type { Program } from '../language/ast.js';
import type { CheckedProgram } from '../language/checked.js';
import { check, type GlobalScope } from '../language/checker/index.js';
import type { CheckContext } from '../language/context.js';
import { CompileError, type Diagnostic } from '../language/diagnostics.js';
import { optionProblem } from '../language/options.js';
import { type ProbePart, parseProgram } from '../language/parser/index.js';
import { needsPreprocessor, type PreprocessOptions, preprocess } from '../language/preprocessor/index.js';
import type { Source } from '../language/source.js';
import { isProcessModule } from '../language/types/process-module.js';
import type { TypeSource } from '../language/types.js';
import type { OptionSetting } from './run-options.js';
import type { SystemPreprocessor } from './system-preprocessor.js';

/** One text to compile. */
export interface SourceText extends Source {
  /** Which part of a probe an abbreviated description ends with: -P, -m, -f, -n. Default: name. */
  readonly abbreviation?: ProbePart;
}

/** Collects what stages say and stops when it is fatal. */
export class Diagnostics {
  readonly all: Diagnostic[] = [];

  add(list: readonly Diagnostic[]): void {
    this.all.push(...list);
  }

  throwErrors(): void {
    if (this.hasErrors) throw new CompileError(inOrder(this.all));
  }

  get hasErrors(): boolean {
    return this.all.some(({ severity }) => severity === 'error');
  }
}

/** As the texts have them, one text after the other; what is about no place at all comes last. */
function inOrder(all: readonly Diagnostic[]): Diagnostic[] {
  const sources = [...new Set(all.map(({ span }) => span?.source))];
  const place = ({ span }: Diagnostic): number => (span ? sources.indexOf(span.source) : sources.length);
  return [...all].sort((a, b) => place(a) - place(b) || (a.span?.start ?? 0) - (b.span?.start ?? 0));
}

/** How texts become programs. */
export interface Reading {
  readonly preprocessing: PreprocessOptions;
  /** Does the preprocessing instead of the built-in preprocessor. */
  readonly external?: SystemPreprocessor | undefined;
  /** A text without a clause or declaration is a program. */
  readonly allowEmpty: boolean;
}

/** Preprocesses where there is something to preprocess. */
export function preprocessed(
  source: SourceText,
  { preprocessing, external }: Omit<Reading, 'allowEmpty'>,
  diagnostics: Diagnostics,
): Source {
  if (external !== undefined) return external(source);
  if (!needsPreprocessor(source.text)) return source;
  const result = preprocess(source, preprocessing);
  diagnostics.add(result.diagnostics);
  return result.source;
}

/** Preprocesses and parses. */
export function parseSource(
  source: SourceText,
  types: TypeSource,
  scope: GlobalScope,
  { allowEmpty, ...reading }: Reading,
  diagnostics: Diagnostics,
): Program {
  const text = preprocessed(source, reading, diagnostics);
  const parsed = parseProgram(text, {
    // Programs are not looked into while reading: a command of -c may not have begun.
    isTypeName: (name, module) =>
      isProcessModule(module) || scope.typedefs.has(name) || types.findTypedef(name, module) !== undefined,
    allowEmpty,
    ...(source.abbreviation !== undefined && { abbreviation: source.abbreviation }),
  });
  diagnostics.add(parsed.diagnostics);
  return parsed.program;
}

/** `#pragma D option`s, which the checking of the very same program depends on. */
export function pragmaOptions(program: Program): OptionSetting[] {
  return program.declarations.flatMap((declaration): OptionSetting[] => {
    if (declaration.kind !== 'pragma' || !declaration.addressed || declaration.name !== 'option') return [];
    const [name = '', ...value] = (declaration.arguments[0]?.text ?? '').split('=');
    const setting: OptionSetting = [name, value.length === 0 ? undefined : value.join('=')];
    // What is wrong with a pragma is the checker's to say: it knows where it stands.
    return optionProblem(...setting) === undefined ? [setting] : [];
  });
}

/** What `#pragma D depends_on`s ask for: kind and name. */
export function dependencies(program: Program): readonly (readonly [string, string])[] {
  return program.declarations.flatMap((declaration) => {
    if (declaration.kind !== 'pragma' || declaration.name !== 'depends_on') return [];
    const [kind, name] = declaration.arguments.map(({ text }) => text);
    return kind === undefined || name === undefined ? [] : [[kind, name] as const];
  });
}

/** Checks programs one after the other in one scope and makes one program of them. */
export function checkAll(
  programs: readonly Program[],
  context: CheckContext,
  scope: GlobalScope,
  diagnostics: Diagnostics,
): CheckedProgram {
  let last: CheckedProgram = { clauses: [], variables: [], aggregations: [], options: [] };
  let clauses: CheckedProgram['clauses'] = [];
  let base = 0;
  const variables = new Set<CheckedProgram['variables'][number]>();
  for (const program of programs) {
    const checked = check(program, context, scope);
    diagnostics.add(checked.diagnostics);
    last = checked.program;
    for (const variable of last.variables) variables.add(variable);
    const first = base;
    clauses = [...clauses, ...last.clauses.map((clause) => ({ ...clause, clause: first + clause.clause }))];
    base += program.declarations.length;
  }
  return { clauses, variables: [...variables], aggregations: last.aggregations, options: last.options };
}
