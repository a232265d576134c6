import { flags, longFlags } from './flags.js';
import { tokens, UsageError } from './getopt.js';
import type { Invocation, MutableInvocation, OptionArgument } from './invocation.js';

const takesValue = (table: typeof flags) =>
  new Map([...table].map(([name, flag]) => [name, { value: flag.value !== undefined }]));
const names = { letters: takesValue(flags), long: takesValue(longFlags) };

export function parseArguments(args: readonly string[], environment: NodeJS.ProcessEnv): Invocation {
  if (args.length === 0) throw new UsageError('');
  const invocation: MutableInvocation = {
    mode: 'trace',
    programs: [],
    options: environmentOptions(environment),
    operands: [],
    commands: [],
    pids: [],
    outputFile: undefined,
    format: 'text',
    shell: '',
    dataModel: undefined,
    image: '',
    verbose: false,
    compileOnly: false,
    disassemble: false,
  };
  for (const token of tokens(args, names)) {
    if (token.kind === 'operand') invocation.operands.push(token.value);
    else (flags.get(token.name) ?? longFlags.get(token.name))!.set(invocation, token.value ?? '');
  }
  return invocation;
}

const PREFIX = 'DTRACE_OPT_';

/** DTRACE_OPT_BUFSIZE=8m presets -x bufsize=8m; the command line comes after and wins. */
function environmentOptions(environment: NodeJS.ProcessEnv): OptionArgument[] {
  const preset: OptionArgument[] = [];
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX)) continue;
    const name = variable.slice(PREFIX.length).toLowerCase();
    preset.push({ name, value: value === '' ? undefined : value, written: variable });
  }
  return preset;
}
