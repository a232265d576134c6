/** What a provider package needs: `import { defineProvider } from '@dtrace/core/provider'`. */
import 'reflect-metadata';

export { type DependencyContainer, inject, injectable } from 'tsyringe';
export { type Declarations, readCarried } from './authoring/declarations.js';
export type { Output, Sink } from './consumer/output.js';
export {
  type OutputContext,
  type OutputFormat,
  OutputFormatError,
  plainOutput,
} from './consumer/output-format.js';
export type { CodeFile } from './host/elf/code-file.js';
export { functionAt } from './host/elf/find-function.js';
export { type FunctionTable, functionName } from './host/elf/function-table.js';
export type { Host, HostFiles } from './host/host.js';
export {
  type AddressOperand,
  type BranchCondition,
  type ClassifiedInstruction,
  classifyX64,
  decodeInstructions,
  entryOffset,
  type Instruction,
  type InstructionClass,
  type InstructionKind,
  type Operation,
  operationX64,
  probeRefusal,
  textX64,
} from './host/instructions/index.js';
export type { Processes, ProcessModule } from './host/processes.js';
export { demangle, isMangled } from './host/symbols/demangle.js';
export type { KernelSymbol, KernelSymbols, SymbolAt } from './host/symbols/kernel-symbols.js';
export type { UserSymbols } from './host/symbols/user-symbols.js';
export type { TraceableFunctions } from './host/traceable.js';
export type { Tracepoints } from './host/tracepoints.js';
export type { DeclaredProbe, DeclaredProvider } from './language/checked.js';
export { isPointer } from './language/types/queries.js';
export type { Type, TypeSource } from './language/types.js';
export {
  API_VERSION,
  defineProvider,
  type Injectable,
  type ProviderDefinition,
  type ProviderPackage,
} from './plugins/define-provider.js';
export { moduleMatcher, moduleNames } from './plugins/module-names.js';
export {
  ProcessProvider,
  type ProviderReading,
  readingOf,
  type TargetFile,
} from './plugins/process-provider.js';
export { type ProcessTarget, processTargets, targetState } from './plugins/process-targets.js';
export type {
  OptionValue,
  ProviderOption,
  ProviderOptionSchema,
  ProviderOptions,
} from './plugins/provider-options.js';
export { D_LIBRARY, HOST, OUTPUT_FORMAT, PROVIDER, SITE_ATTACHER, SITE_DESCRIBER } from './plugins/tokens.js';
export {
  coldPart,
  functionNames,
  functionsOf,
  type UserFunction,
  wholeName,
} from './plugins/user-functions.js';
export { attributes, EVOLVING, UNSTABLE } from './probes/attributes.js';
export {
  argumentWords,
  CALLING_CONVENTIONS,
  type CallingConvention,
  parameterPlaces,
  resultPlace,
} from './probes/calling-convention.js';
export { functionArguments } from './probes/function-arguments.js';
export { isPattern, type NameMatcher, nameMatcher } from './probes/glob.js';
export {
  NO_ARGUMENTS,
  type Preparation,
  type Probe,
  type ProbeArgument,
  type ProbeArguments,
  type ProbeName,
} from './probes/probe.js';
export type {
  Attributes,
  DependencyClass,
  MissingProbe,
  ProbeListing,
  ProbePattern,
  Provider,
  ProviderAttributes,
  Stability,
} from './probes/provider.js';
export type {
  CounterSite,
  FunctionSite,
  InstructionSite,
  ProbeSite,
  RawTracepointSite,
  SelfSite,
  SiteBase,
  TimerSite,
  UprobeSite,
  UserInstruction,
  UserPlace,
} from './probes/site.js';
export { functionMeans, hasTracepoint, NO_KPROBES, NO_MEANS } from './probes/site-kinds/index.js';
export { interruptedArguments } from './probes/site-kinds/interrupting.js';
export {
  type LayoutContext,
  NO_REGISTER,
  type SiteArgument,
  type SiteDescriber,
  SiteError,
  type SiteLayout,
} from './probes/site-layout.js';
export { type SystemCalls, systemCalls } from './probes/system-calls.js';
export {
  type Alternatives,
  type ProbeTable,
  type TablePreparation,
  type TableProbe,
  type TableSite,
  tableProvider,
} from './probes/table.js';
export type { Needs } from './probes/table-needs.js';
export { tracepointArguments } from './probes/tracepoint-arguments.js';
export { typeText } from './probes/type-text.js';
export { suggestion } from './probes/why-none.js';
export type { Attachment, AttachOptions, SiteAttacher } from './session/site-attacher.js';
