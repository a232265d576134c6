import { type Declarations, readDeclarations } from './authoring/declarations.js';
import { builtInFormats } from './consumer/formats/index.js';
import type { OutputFormat } from './consumer/output-format.js';
import type { Host } from './host/host.js';
import { LocalHost } from './host/local-host.js';
import { writeImage } from './images/format/image-format.js';
import { type ImageRequest, makeImage } from './images/make/make-image.js';
import { CompileError } from './language/diagnostics.js';
import { parseProbeDescription } from './language/parser/index.js';
import { assemble, type Parts, type PluginProblem, pluginProblem } from './plugins/container.js';
import type { ProviderPackage } from './plugins/define-provider.js';
import { type FoundPackages, loadPackages } from './plugins/load-packages.js';
import type { ProbePattern, Provider } from './probes/provider.js';
import { ProbeRegistry, type RegisteredProbe } from './probes/registry.js';
import { builtInDescribers } from './probes/site-kinds/index.js';
import type { SiteLayout } from './probes/site-layout.js';
import { type CompiledProgram, type CompileRequest, compileProgram } from './session/compile-program.js';
import type { SourceText } from './session/front-end.js';
import { libraryFolder } from './session/library-folder.js';
import type { PreprocessRequest } from './session/preprocessing.js';
import { Session, type SessionOptions } from './session/session.js';
import { sessionParts } from './session/session-parts.js';
import { builtInAttachers } from './session/site-kinds/index.js';
import { Sites } from './session/sites.js';
import { openTarget, type Target, type TargetSpec } from './session/target.js';
import type { LibraryRequest } from './session/wanted-libraries.js';

export interface DTraceOptions {
  /** Provider packages the program brings along; configured ones come after them. */
  readonly providers?: readonly ProviderPackage[];
  /** A configuration file. Default: the environment's DTRACE_CONFIG, if `searchFrom` is given too. */
  readonly config?: string | undefined;
  /** Folder to look for configuration in, upwards to the project's. Absent: no configuration is looked for. */
  readonly searchFrom?: string | undefined;
  /** Folder whose project may depend on provider packages: those with the keyword `dtrace-provider` are used. */
  readonly discoverFrom?: string | undefined;
  /** Folders of D libraries. */
  readonly libraryPaths?: readonly string[];
  /** The folder of this package's own D library, where it is not beside the code. */
  readonly ownLibrary?: string | undefined;
  /** Files with types besides the kernel's: BTF, object files with BTF or DWARF, C headers. */
  readonly typeFiles?: readonly string[];
  /** Default: this machine. */
  readonly host?: Host;
  /** Told of packages and providers that cannot be used, one line each. Also in `problems`. */
  readonly onProblem?: (problem: PluginProblem) => void;
}

const EVERYTHING: ProbePattern = { provider: '', module: '', function: '', name: '' };

/** A probe description as its four patterns, or a probe's number. Throws a `CompileError`. */
export function parsePattern(text: string): ProbePattern | number {
  const { value, diagnostics } = parseProbeDescription(text);
  if (value === undefined) throw new CompileError(diagnostics);
  if (value.kind !== 'probe') return value.id;
  const { provider, module, function: func, name } = value;
  return { provider, module, function: func, name };
}

/** An engine: a host, the providers found on it, and what can be done with them. Holds no kernel resources. */
export class DTrace {
  readonly host: Host;
  readonly registry: ProbeRegistry;
  readonly #parts: Parts;
  readonly #problems: PluginProblem[] = [];
  readonly #onProblem: ((problem: PluginProblem) => void) | undefined;
  readonly #libraryPaths: readonly string[];
  readonly #ownLibrary: string | undefined;

  constructor(host: Host, packages: readonly ProviderPackage[], options: DTraceOptions = {}) {
    this.host = host;
    this.#onProblem = options.onProblem;
    this.#libraryPaths = options.libraryPaths ?? [];
    this.#ownLibrary = options.ownLibrary ?? libraryFolder();
    this.#parts = assemble(host, packages, {
      describers: builtInDescribers,
      attachers: builtInAttachers,
      formats: builtInFormats,
    });
    for (const problem of this.#parts.problems) this.report(problem);
    this.registry = new ProbeRegistry(this.#parts.providers, ({ provider, error }) =>
      this.report(pluginProblem(provider, error)),
    );
  }

  /** Forms of output by name, those of packages too. */
  get formats(): ReadonlyMap<string, OutputFormat> {
    return this.#parts.formats;
  }

  get providers(): readonly Provider[] {
    return this.registry.providers;
  }

  /** Packages and providers that could not be used. */
  get problems(): readonly PluginProblem[] {
    return this.#problems;
  }

  report(problem: PluginProblem): void {
    this.#problems.push(problem);
    this.#onProblem?.(problem);
  }

  /** Probes by pattern (`syscall::open*:entry`), by number, or all of them, in the order of ids. */
  *probes(pattern: string | ProbePattern = EVERYTHING): Generator<RegisteredProbe> {
    const wanted = typeof pattern === 'string' ? parsePattern(pattern) : pattern;
    if (typeof wanted !== 'number') {
      yield* this.registry.list(wanted);
      return;
    }
    const found = this.registry.byId(wanted);
    if (found !== undefined) yield found;
  }

  /** How programs see a probe. Throws a `SiteError` when this kernel cannot have it. */
  layout({ probe }: RegisteredProbe): SiteLayout {
    return new Sites(this.#siteWorld).layout(probe.site);
  }

  /** Compiles D. Touches no kernel. Throws a `CompileError` with everything that is wrong. */
  compile(source: string | readonly SourceText[], request: CompileRequest = {}): CompiledProgram {
    const { sources, world } = this.#compiling(source);
    const { pidNamespace } = this.host;
    return compileProgram(sources, { ...this.#libraries, ...request }, { ...world, pidNamespace });
  }

  /**
   * Compiles D to the bytes of an image, which `@dtrace/core/image` runs, on other kernels too. Throws a `CompileError`, or
   * an `ImageError` where the program cannot be kept.
   */
  makeImage(source: string | readonly SourceText[], request: ImageRequest = {}): Uint8Array {
    const { sources, world } = this.#compiling(source);
    return writeImage(makeImage(sources, { ...this.#libraries, ...request }, world));
  }

  /** Reads what authors of programs say of their static probes. Throws a `CompileError` with everything that is wrong. */
  declarations(sources: readonly SourceText[], request: PreprocessRequest = {}): Declarations {
    return readDeclarations(sources, this.host, { ...this.#libraries, ...request });
  }

  get #libraries(): LibraryRequest {
    return {
      libraryPaths: [...this.#libraryPaths, ...this.#parts.libraries],
      ...(this.#ownLibrary !== undefined && { ownLibrary: this.#ownLibrary }),
    };
  }

  /** By probe id: the kind of site that serves the probes of a run whose provider leaves that to the kernel's abilities. */
  chosenKinds({ matches, options }: CompiledProgram): ReadonlyMap<number, string> {
    const sites = new Sites(this.#siteWorld, options);
    const chosen = sites.choose(matches).flat();
    return new Map(chosen.map(({ id, probe }) => [id, probe.site.kind]));
  }

  #compiling(source: string | readonly SourceText[]) {
    return {
      sources: typeof source === 'string' ? [{ name: '(program)', text: source }] : source,
      world: { ...this.#siteWorld, registry: this.registry },
    };
  }

  get #siteWorld() {
    return { host: this.host, describers: this.#parts.describers };
  }

  /** The process of `-c` or `-p`, opened before compiling because `$target` may be part of probe names. */
  openTarget(spec: TargetSpec): Target {
    return openTarget(spec, this.host.types);
  }

  session(program: CompiledProgram, options: SessionOptions = {}): Session {
    return new Session(sessionParts(program, this.host, this.#parts.attachers), options);
  }
}

/** Puts an engine together: the given packages, and those that configuration names. */
export async function openDTrace(options: DTraceOptions = {}): Promise<DTrace> {
  const host = options.host ?? new LocalHost(options.typeFiles);
  const { searchFrom, discoverFrom } = options;
  const wanted = [options.config, searchFrom, discoverFrom].some((place) => place !== undefined);
  let found: FoundPackages = { packages: [], problems: [] };
  if (wanted) {
    const config = options.config ?? process.env.DTRACE_CONFIG;
    found = await loadPackages({ config, searchFrom, discoverFrom });
  }
  const dtrace = new DTrace(host, [...(options.providers ?? []), ...found.packages], options);
  for (const problem of found.problems) dtrace.report(problem);
  return dtrace;
}
