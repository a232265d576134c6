import { basename } from 'node:path';
import { compile } from '../compiler/compile.js';
import type { TraceImage } from '../compiler/image.js';
import type { CompileInput } from '../compiler/options.js';
import { checkPrivileges } from '../compiler/privileges.js';
import { forEachStatement } from '../compiler/walk.js';
import type { Host } from '../host/host.js';
import { hasModule } from '../host/kernel-modules.js';
import { ProcessTypes } from '../host/types/process-types.js';
import type { CheckedClause, CheckedProgram } from '../language/checked.js';
import { checkExpression, GlobalScope, pragmaProblems, unusedArguments } from '../language/checker/index.js';
import type { CheckOptions, MacroValues } from '../language/context.js';
import { CompileError, type Diagnostic } from '../language/diagnostics.js';
import { parseExpression } from '../language/parser/index.js';
import type { Source } from '../language/source.js';
import type { Type } from '../language/types.js';
import type { ProbeRegistry, RegisteredProbe } from '../probes/registry.js';
import type { FunctionMeans, ProbeSite } from '../probes/site.js';
import type { SiteDescriber, SiteLayout } from '../probes/site-layout.js';
import { allowedProbes } from './allowed-probes.js';
import { argumentTexts, sourcesOf } from './argument-texts.js';
import { RunContext } from './check-context.js';
import type { EvaluationTime } from './evaluation-time.js';
import { fittingBufsize, sizeText } from './fit-buffers.js';
import {
  checkAll,
  Diagnostics,
  dependencies,
  parseSource,
  pragmaOptions,
  type Reading,
  type SourceText,
} from './front-end.js';
import { macroValues } from './macros.js';
import { preciseProbes } from './precise-probes.js';
import { declarations, preparations } from './preparations.js';
import { type PreprocessRequest, preprocessingOf } from './preprocessing.js';
import { type OptionSetting, type RunOptions, runOptions } from './run-options.js';
import { Sites } from './sites.js';
import { unstableClauses } from './stability.js';
import { type LibraryRequest, wantedLibraries } from './wanted-libraries.js';

/** Its options come in ascending priority; they override the scripts' pragmas. */
export interface CompileRequest extends PreprocessRequest, LibraryRequest {
  /** $0, $1, … */
  readonly arguments?: readonly string[];
  /** A listing: code is made when somebody looks at it, if ever. */
  readonly codeLater?: boolean;
  /** $target. */
  readonly target?: number;
  /** The process that $pid and its like are about; default: this one. */
  readonly client?: number;
  /** Called before the first probe of $target is looked for: a command that was started has to have got so far. */
  readonly prepareTarget?: (time: EvaluationTime) => void;
}

/** A program ready to be loaded: plain data, and all that a session needs to know of it. */
export interface LoadableProgram {
  readonly image: TraceImage;
  readonly options: RunOptions;
  readonly target: number;
  /**
   * What to load besides when probes have appeared that the descriptions match (a library was loaded, a process started);
   * undefined when none has. It shares the maps of `image`. Absent where that cannot happen.
   */
  readonly extend?: () => TraceImage | undefined;
  /** Compiles `image` anew without one of the means by which functions are probed; false where there is no other. */
  readonly avoid?: (means: FunctionMeans) => boolean;
  /** Whether a library that is loaded may bring such probes. */
  readonly awaitsLibraries?: boolean;
  /** Warnings; errors are thrown. */
  readonly diagnostics: readonly Diagnostic[];
  /** The size that buffers were made to fit the machine's memory. */
  readonly resized: string | undefined;
}

/** With what it was made of: the probes know their providers. */
export interface CompiledProgram extends LoadableProgram {
  readonly checked: CheckedProgram;
  /** The probes each clause enables, in the order of `checked.clauses`. */
  readonly matches: readonly (readonly RegisteredProbe[])[];
  /** What `options` were made of: the scripts' pragmas, then those that were asked for. */
  readonly settings: readonly OptionSetting[];
  /** Numbers of macro arguments nothing used. */
  readonly unusedArguments: readonly number[];
}

/** What compiling asks of its surroundings. */
export interface CompileWorld {
  readonly host: Host;
  readonly registry: ProbeRegistry;
  readonly describers: ReadonlyMap<string, SiteDescriber>;
  /** Possible CPUs that programs are made for. Default: the host's. */
  readonly cpus?: number;
  /** Absent: processes go by the machine's own numbers. */
  readonly pidNamespace?: CompileInput['pidNamespace'];
  /** Other values for $pid, $uid, … */
  readonly macros?: (values: MacroValues['named']) => MacroValues['named'];
}

type Matches = readonly (readonly RegisteredProbe[])[];

const isErrorSite = (site: ProbeSite): boolean =>
  site.kind === 'self' && 'phase' in site && site.phase === 'error';

function siteExpressions(context: RunContext, scope: GlobalScope) {
  const isTypeName = (name: string) =>
    scope.typedefs.has(name) || context.types.findTypedef(name) !== undefined;
  return (text: string, layout: SiteLayout) => {
    const parsed = parseExpression(text, { isTypeName });
    if (parsed.value === undefined) throw new CompileError(parsed.diagnostics);
    const args = layout.args.map(({ type }): { readonly type: Type } => ({ type }));
    return checkExpression(parsed.value, { context, scope, args });
  };
}

/** Probes of the clauses that make functions return. */
function forcedProbes(clauses: readonly CheckedClause[], matches: CompileInput['matches']): Set<number> {
  const forced = new Set<number>();
  for (const [i, clause] of clauses.entries()) {
    let forces = false;
    forEachStatement(clause, (stmt) => {
      forces ||= stmt.kind === 'action' && stmt.name === 'return';
    });
    if (forces) for (const { id } of matches[i] ?? []) forced.add(id);
  }
  return forced;
}

const checkOptions = (options: RunOptions): CheckOptions => ({
  strsize: options.compile.strsize,
  scratchsize: options.compile.scratchsize,
  zeroMatches: options.zeroMatches,
  destructive: options.destructive,
  defaultArguments: options.defaultArguments,
});

/** From D to a `TraceImage`. Throws a `CompileError` that carries everything found. */
export function compileProgram(
  sources: readonly SourceText[],
  request: CompileRequest,
  world: CompileWorld,
): CompiledProgram {
  const { host } = world;
  const types = new ProcessTypes(host, () => {
    prepareTarget();
    return request.target ?? 0;
  });
  const scope = new GlobalScope();
  const diagnostics = new Diagnostics();
  const { preprocessing, external } = preprocessingOf(host, request);
  const parse = (source: Source, reading: Omit<Reading, 'preprocessing'>) =>
    parseSource(source, types, scope, { preprocessing, ...reading }, diagnostics);

  const allowEmpty = (request.options ?? []).some(([name]) => name === 'empty');
  const scripts = sources.map((source) => {
    // Programs given on the command line are not preprocessed.
    const isScript = source.abbreviation === undefined;
    return parse(source, { allowEmpty, external: isScript ? external : undefined });
  });
  if (diagnostics.hasErrors) for (const script of scripts) diagnostics.add(pragmaProblems(script, types));
  diagnostics.throwErrors();
  const settings = [...scripts.flatMap(pragmaOptions), ...(request.options ?? [])];
  const wanted = runOptions(settings);
  const bufsize = fittingBufsize(wanted.compile, host.cpus, host);
  const options = { ...wanted, compile: { ...wanted.compile, bufsize } };
  const { privileges, target, client: pid } = request;
  const own = macroValues(host, request.arguments ?? [], { target, pid });
  const macros = { ...own, named: world.macros?.(own.named) ?? own.named };
  const prepareTarget = () => request.prepareTarget?.(options.evaluationTime);
  const context = new RunContext(
    privileges === undefined ? world.registry : allowedProbes(world.registry, privileges),
    types,
    macros,
    checkOptions(options),
    scope,
    prepareTarget,
    (name) => hasModule(host, name),
  );

  // Translators read them, and what probes' arguments assign.
  const libraryVariables: CheckedProgram['variables'][number][] = [];
  const absent = new Set<string>();
  const wantedTexts = (): readonly Source[] =>
    wantedLibraries(host, sourcesOf(scripts), request, argumentTexts(scripts, context));
  for (const library of options.noLibraries ? [] : wantedTexts()) {
    // Each library may use types that the ones before it define.
    const program = parse(library, { allowEmpty: true });
    diagnostics.throwErrors();
    // Libraries about what this machine does not have say so, and are no libraries here; nor are those that need them.
    const met = dependencies(program).every(([kind, name]) =>
      kind === 'provider' || kind === 'module' ? context.dependency(kind, name) : !absent.has(basename(name)),
    );
    if (met) libraryVariables.push(...checkAll([program], context, scope, diagnostics).variables);
    else absent.add(basename(library.name));
  }
  context.library = false;
  const checked = checkAll(scripts, context, scope, diagnostics);
  diagnostics.throwErrors();

  // A program that asks for the command's own doings is not told of its loader's.
  if (options.evaluationTime !== 'exec' && sources.some(({ text }) => text.includes('$target')))
    prepareTarget();

  const sites = new Sites(world, options);
  const precise = (found: Matches): Matches =>
    preciseProbes(checked.clauses, found, options.preciseArguments);
  const matches = precise(checked.clauses.map(({ description }) => context.match(description)));
  if (options.amin !== undefined) {
    diagnostics.add(unstableClauses(checked.clauses, matches, options.amin));
    diagnostics.throwErrors();
  }
  const declared = declarations(matches).map((text) =>
    parse({ name: '(probe)', text }, { allowEmpty: true }),
  );
  const further = checkAll(declared, context, scope, diagnostics).variables;
  const variables = [...checked.variables, ...libraryVariables, ...further];
  // Providers' texts are trusted: no name in them may be one that a script has given another meaning.
  const siteScope = privileges === undefined ? scope : new GlobalScope();
  const siteExpression = siteExpressions(context, siteScope);
  const layout = (site: ProbeSite) => sites.layout(site);
  const prepared = preparations(matches, (text, site) => siteExpression(text, layout(site)), layout);
  const program = {
    ...checked,
    clauses: [...checked.clauses, ...prepared.map(({ clause }) => clause)],
    variables: [...new Set(variables)],
  };
  const compileFor = (found: CompileInput['matches']): TraceImage => {
    if (privileges !== undefined) checkPrivileges(program.clauses, found, privileges, options.compile);
    return compile({
      program,
      matches: sites.choose(found, forcedProbes(program.clauses, found)),
      types,
      arch: host.arch,
      cpus: world.cpus ?? host.cpus,
      options: options.compile,
      owner: privileges?.owner,
      pidNamespace: world.pidNamespace,
      extensible: context.mayGrow,
      has: (feature) => host.has(feature),
      layout,
      checkSiteExpression: siteExpression,
    });
  };
  const extend = (): TraceImage | undefined => {
    const newMatches = context.newMatches();
    const found = checked.clauses.map(({ description }) => newMatches(description));
    if (found.every((probes) => probes.length === 0)) return undefined;
    // Faults in the new programs run ERROR's clauses as well.
    const errors = matches.map((probes) => probes.filter(({ probe }) => isErrorSite(probe.site)));
    return compileFor(precise(found.map((probes, c) => [...probes, ...(errors[c] ?? [])])));
  };
  let image: TraceImage | undefined;
  const makeImage = (): TraceImage => {
    image ??= compileFor([...matches, ...prepared.map(({ match }) => [match])]);
    return image;
  };
  const avoid = (means: FunctionMeans): boolean => {
    if (!sites.avoid(means)) return false;
    image = undefined;
    return true;
  };
  if (request.codeLater !== true) makeImage();
  host.saveFacts();
  return {
    get image() {
      return makeImage();
    },
    checked,
    matches,
    settings,
    options,
    target: request.target ?? 0,
    ...(context.mayGrow && { extend }),
    avoid,
    ...(context.awaitsLibraries && { awaitsLibraries: true }),
    diagnostics: diagnostics.all,
    resized: bufsize < wanted.compile.bufsize ? sizeText(bufsize) : undefined,
    unusedArguments: unusedArguments(context, scope),
  };
}
