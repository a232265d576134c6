import type { Host } from '../host/host.js';
import type { PreprocessOptions } from '../language/preprocessor/index.js';
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
    loader: { read: (path: string) => host.readText(path) },
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
  return { preprocessing, external: systemPreprocessor(options, { ...common, includePaths, defines }) };
}
