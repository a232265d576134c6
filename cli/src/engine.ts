/** From a command line to an engine and a compiled program. */
import { dirname, join } from 'node:path';
import {
  type CompiledProgram,
  CompileError,
  type Declarations,
  type DTrace,
  type EvaluationTime,
  KernelTypes,
  type OptionSetting,
  openDTrace,
  optionProblem,
  optionProblemText,
  problemText,
  type Target,
} from '@dtrace/core';
import { setAddonPath } from 'ebpf-napi';
import { configurationFolder } from './configuration.js';
import { complainAbout } from './failures.js';
import type { Invocation, OptionArgument } from './invocation.js';
import { isTesting } from './process-status.js';
import { BUNDLED } from './providers.js';
import { CommandError, complain } from './report.js';
import { type ProgramSource, programSource } from './sources.js';

/** Already reported: nothing is left to say. */
export class Reported extends CommandError {
  constructor() {
    super('');
  }
}

export interface Compiled {
  readonly program: CompiledProgram;
  readonly sources: readonly ProgramSource[];
}

export function openEngine(invocation: Invocation, addon: string | undefined): Promise<DTrace> {
  if (addon !== undefined) setAddonPath(addon);
  const config = values(invocation, CONFIG).at(-1) ?? process.env.DTRACE_CONFIG;
  return openDTrace({
    providers: BUNDLED,
    ...(config ? { config } : { searchFrom: configurationFolder(process.cwd()) }),
    discoverFrom: process.cwd(),
    libraryPaths: values(invocation, 'libdir'),
    typeFiles: values(invocation, 'btf'),
    // The bundled command has it beside the addon.
    ownLibrary: addon === undefined ? undefined : join(dirname(addon), 'dlib'),
    onProblem: (problem) => complain(problemText(problem)),
  });
}

/** `-x broker=PATH`: whom to ask; `off`: nobody. */
const BROKER = 'broker';
/** `-x config=FILE`: ours; the engine is put together with it before there are options. */
const CONFIG = 'config';
/** Options that count as often as they are named; the engine takes them apart from the rest. */
const APART = new Set(['libdir', 'incdir', 'define', 'undef', 'btf', CONFIG, BROKER]);

export const brokerOption = (invocation: Invocation): string | undefined => values(invocation, BROKER).at(-1);
export const librariesOf = (invocation: Invocation): readonly string[] => values(invocation, 'libdir');

function values({ options }: Invocation, name: string): readonly string[] {
  return options.flatMap((option) => (option.name === name ? [option.value ?? ''] : []));
}

/** One by one, so that the message names what the user wrote. */
export function checkOptions(options: readonly OptionArgument[]): void {
  for (const { name, value, written } of options) {
    if ((name === CONFIG || name === BROKER) && value) continue;
    const problem = optionProblem(name, value);
    if (problem === undefined) continue;
    throw new CommandError(`failed to set ${written}: ${optionProblemText(name, problem)}`);
  }
}

/** What the command line does not say. */
interface Extra {
  readonly target?: Target | undefined;
  readonly options?: readonly OptionSetting[];
  /** Only what the programs match is asked for. */
  readonly listing?: boolean;
}

const settingsOf = ({ options }: Invocation): readonly OptionSetting[] =>
  options.filter(({ name }) => !APART.has(name)).map(({ name, value }) => [name, value]);

const preprocessing = (invocation: Invocation) => ({
  options: settingsOf(invocation),
  includePaths: values(invocation, 'incdir'),
  defines: values(invocation, 'define'),
  undefines: values(invocation, 'undef'),
});

/** What the command line says of compiling. */
export const compileRequest = (invocation: Invocation, sources: readonly ProgramSource[]) => ({
  ...preprocessing(invocation),
  arguments: [scriptName(sources), ...invocation.operands],
});

/** Throws a `CompileError`. */
export function compileSources(
  engine: DTrace,
  invocation: Invocation,
  sources: readonly ProgramSource[],
  extra: Extra = {},
): CompiledProgram {
  return engine.compile(
    sources.map(({ source }) => source),
    {
      ...compileRequest(invocation, sources),
      options: [...settingsOf(invocation), ...(extra.options ?? [])],
      codeLater: extra.listing === true,
      ...(extra.target && {
        target: extra.target.pid,
        prepareTarget: (time: EvaluationTime) => extra.target?.prepare(time),
      }),
    },
  );
}

export function compilePrograms(engine: DTrace, invocation: Invocation, extra: Extra = {}): Compiled {
  const sources = invocation.programs.map(programSource);
  return reporting(engine, invocation, sources, () => {
    const program = compileSources(engine, invocation, sources, extra);
    checkArguments(program, sources, invocation);
    return { program, sources };
  });
}

/** What authors of programs declare, from all programs of the command line. */
export function readDeclarations(
  engine: DTrace,
  invocation: Invocation,
  sources: readonly ProgramSource[],
): Declarations {
  const texts = sources.map(({ source }) => source);
  return reporting(engine, invocation, sources, () => engine.declarations(texts, preprocessing(invocation)));
}

/** A flag of -x. */
export const isOn = (invocation: Invocation, flag: string): boolean =>
  settingsOf(invocation).some(([name]) => name === flag);

export const wantsTags = (invocation: Invocation): boolean => isOn(invocation, 'errtags');

/** Says what is wrong with programs, if something is. */
export function reporting<T>(
  engine: DTrace,
  invocation: Invocation,
  sources: readonly ProgramSource[],
  work: () => T,
): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    complainAbout(error.diagnostics, sources, { tags: wantsTags(invocation), terse: isTesting() });
    const { types } = engine.host;
    if (types instanceof KernelTypes && !types.available)
      complain(
        'this kernel does not tell its types (it was built without BTF): -x btf=FILE names a file that does',
      );
    throw new Reported();
  }
}

const scriptName = (sources: readonly ProgramSource[]): string =>
  sources.find(({ kind }) => kind === 'script')?.name ?? 'dtrace';

/** An argument that nothing looks at is a mistake, unless -x argref says otherwise. */
export function checkArguments(
  { unusedArguments }: Pick<CompiledProgram, 'unusedArguments'>,
  sources: readonly ProgramSource[],
  invocation: Invocation,
): void {
  const unused = unusedArguments.at(-1);
  const [first] = sources;
  if (unused === undefined || first === undefined || invocation.options.some(({ name }) => name === 'argref'))
    return;
  const argument = invocation.operands[unused - 1] ?? '';
  const tag = wantsTags(invocation) ? '[D_MACRO_UNUSED] ' : '';
  throw new CommandError(
    `${first.complaint}: ${tag}extraneous argument '${argument}' ($${unused} is not referenced)`,
  );
}
