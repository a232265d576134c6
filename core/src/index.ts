/** The engine, for programs that embed it. Provider packages import `@dtrace/core/provider` instead. */
export type { Declarations } from './authoring/declarations.js';
export { headerText } from './authoring/header.js';
export { LinkError, machineOfAll, type ObjectFile, objectBytes, refuseCalls } from './authoring/object.js';
export type {
  ActionRecord,
  AggregationSchema,
  DropKind,
  MapImage,
  ProbeImage,
  ProgramImage,
  RecordSchema,
  SourceLine,
  TraceImage,
} from './compiler/image.js';
export type { Owner, Privileges } from './compiler/privileges.js';
export * from './consumer/index.js';
export { DTrace, type DTraceOptions, openDTrace, parsePattern } from './dtrace.js';
export {
  type Architecture,
  type Host,
  type HostFiles,
  type HostRecording,
  type KernelSymbol,
  type KernelSymbols,
  KernelTypes,
  LocalHost,
  type Processes,
  RecordedHost,
  type SymbolAt,
  type UserSymbols,
} from './host/index.js';
export { ImageError } from './images/image-error.js';
export type { ImageRequest } from './images/make/make-image.js';
export type { CheckedProgram } from './language/checked.js';
export { CompileError, type Diagnostic } from './language/diagnostics.js';
export { locate } from './language/lines.js';
export { type FormatOptions, formatDiagnostic, messageText } from './language/messages.js';
export { optionProblem, optionProblemText } from './language/options.js';
export type { ProbePart } from './language/parser/index.js';
export type { Source, Span } from './language/source.js';
export { bytesOfText } from './language/text-bytes.js';
export type { Type, TypeSource } from './language/types.js';
export { ConfigurationError } from './plugins/config-file.js';
export { type PluginProblem, problemText } from './plugins/container.js';
export {
  API_VERSION,
  defineProvider,
  type ProviderDefinition,
  type ProviderPackage,
} from './plugins/define-provider.js';
export { D_LIBRARY, HOST, OUTPUT_FORMAT, PROVIDER, SITE_ATTACHER, SITE_DESCRIBER } from './plugins/tokens.js';
export { argumentAttributes, probeAttributes, STRONGEST, weakest } from './probes/attributes.js';
export {
  formatProbeName,
  type Probe,
  type ProbeArgument,
  type ProbeArguments,
  type ProbeName,
} from './probes/probe.js';
export type {
  Attributes,
  DependencyClass,
  ProbePattern,
  Provider,
  ProviderAttributes,
  Stability,
} from './probes/provider.js';
export { ProbeRegistry, type RegisteredProbe } from './probes/registry.js';
export type { ProbeSite, RawTracepointSite, SelfSite, SiteBase, TimerSite } from './probes/site.js';
export { type SiteDescriber, SiteError, type SiteLayout } from './probes/site-layout.js';
export type { CompiledProgram, CompileRequest, LoadableProgram } from './session/compile-program.js';
export type { EvaluationTime } from './session/evaluation-time.js';
export type { SourceText } from './session/front-end.js';
export { readLibraries } from './session/library.js';
export { ProgramLoadError } from './session/load-error.js';
export { teeOutput } from './session/outputs.js';
export { expandSource } from './session/preprocessing.js';
export { runInShell } from './session/run-in-shell.js';
export { OptionError, type OptionSetting, type RunOptions, runOptions } from './session/run-options.js';
export { type RecordOptions, Session, type SessionOptions, type SessionResult } from './session/session.js';
export type { SessionEvents } from './session/session-events.js';
export type { Attachment, AttachOptions, SiteAttacher } from './session/site-attacher.js';
export { clauseStability } from './session/stability.js';
export { openTarget, type Target, type TargetSpec } from './session/target.js';
export {
  ColumnError,
  type ColumnKind,
  type Columns,
  type ColumnTypes,
  type Row,
} from './session/typed-rows.js';
export type { WorkerResult } from './worker/protocol.js';
export { type WorkerEvents, type WorkerOptions, WorkerSession } from './worker/worker-session.js';
