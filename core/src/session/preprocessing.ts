import type { Privileges } from '../compiler/privileges.js';
import type { Host } from '../host/host.js';
import type { PreprocessOptions } from '../language/preprocessor/index.js';
import { Diagnostics, preprocessed, type SourceText } from './front-end.js';
import { COMPILER_WORDS, compilerDefines, dtraceDefines, systemFolders } from './predefined.js';
import type { OptionSetting } from './run-options.js';
import { isSet, type SystemPreprocessor, systemPreprocessor } from './system-preprocessor.js';

/** What a command line says of the preprocessor. */
export interface PreprocessRequest {
  readonly options?: readonly OptionSetting[];
  /** -I */
  readonly includePaths?: readonly string[];
  /** -D and -U */
  readonly defines?: readonly string[];
  readonly undefines?: readonly string[];
  /** What it may do. Then nothing is read from files and no program is run: scripts are preprocessed already. */
  readonly privileges?: Privileges | undefined;
}

export interface Preprocessing {
  /** For the built-in preprocessor. */
  readonly preprocessing: PreprocessOptions;
  /** The machine's own, if that is wanted and there. */
  readonly external: SystemPreprocessor | undefined;
}

/** -H: as C preprocessors tell it. */
const tellIncluded = (path: string, depth: number): void => {
  process.stderr.write(`${'.'.repeat(depth)} ${path}\n`);
};

export function preprocessingOf(host: Host, request: PreprocessRequest): Preprocessing {
  const options = request.options ?? [];
  const defines = [...dtraceDefines(host.arch, host), ...(request.defines ?? [])];
  const includePaths = request.includePaths ?? [];
  const common = {
    loader: { read: (path: string) => (request.privileges ? undefined : host.readText(path)) },
    ...(request.undefines && { undefines: request.undefines }),
  };
  // Without -C, only what a script was told of is looked through.
  const asCompiler = isSet(options, 'cpp');
  const preprocessing = {
    ...common,
    includePaths: asCompiler ? [...includePaths, ...systemFolders(host.arch)] : includePaths,
    defines: [...compilerDefines(host.arch), ...(asCompiler ? COMPILER_WORDS : []), ...defines],
    ...(isSet(options, 'cpphdrs') && { included: tellIncluded }),
  };
  const external = request.privileges
    ? undefined
    : systemPreprocessor(options, { ...common, includePaths, defines });
  return { preprocessing, external };
}

/**
 * A script with its includes and macros expanded, for who compiles it elsewhere: it names no file any more. Throws a
 * `CompileError`.
 */
export function expandSource(source: SourceText, request: PreprocessRequest, host: Host): SourceText {
  const { preprocessing, external } = preprocessingOf(host, request);
  const diagnostics = new Diagnostics();
  // Programs given on the command line are not a C compiler's business.
  const reading = { preprocessing, external: source.abbreviation === undefined ? external : undefined };
  const { text } = preprocessed(source, reading, diagnostics);
  diagnostics.throwErrors();
  return { ...source, text };
}
