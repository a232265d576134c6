/** Every flag of the command, as data: what it takes, what it says of itself, what it does. */
import { UsageError } from './getopt.js';
import type { Mode, MutableInvocation, Specifier } from './invocation.js';
import { CommandError } from './report.js';

export interface Flag {
  /** Name of the value in the usage text; absent: the flag takes none. */
  readonly value?: string;
  readonly help: string;
  readonly set: (invocation: MutableInvocation, value: string) => void;
}

const mode = (name: Mode): Flag['set'] => {
  return (invocation) => {
    if (invocation.mode !== 'trace' && invocation.mode !== name) {
      throw new UsageError('only one of the [-GhlV] options can be specified at a time');
    }
    invocation.mode = name;
  };
};
const program = (specifier: Specifier): Flag['set'] => {
  return (invocation, text) => invocation.programs.push({ kind: 'text', specifier, text });
};
/** Shorthand for -x. */
const option = (letter: string, name: string): Flag['set'] => {
  return (invocation, text) => {
    const value = text === '' ? undefined : text;
    invocation.options.push({ name, value, written: `-${letter}${value === undefined ? '' : ` ${value}`}` });
  };
};
const refused = (letter: string, reason: string): Flag['set'] => {
  return () => {
    throw new CommandError(`-${letter}: ${reason}`);
  };
};

function dataModel(letter: string, wanted: string, act: Flag['set']): Flag['set'] {
  return (invocation, value) => {
    if (value !== wanted) throw new UsageError(`illegal option -- ${letter}${value}`);
    act(invocation, value);
  };
}

function setOption(invocation: MutableInvocation, text: string): void {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  invocation.options.push({
    name,
    value: equals < 0 ? undefined : text.slice(equals + 1),
    written: `-x ${name}`,
  });
}

function addPid(invocation: MutableInvocation, text: string): void {
  const pid = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(pid > 0 && pid <= 0x7fffffff)) throw new CommandError(`invalid pid: ${text}`);
  invocation.pids.push(pid);
}

function setFormat(invocation: MutableInvocation, text: string): void {
  invocation.format = text;
}

const NO_ANONYMOUS = 'anonymous tracing (from boot on) is not possible with eBPF programs';

export const flags: ReadonlyMap<string, Flag> = new Map<string, Flag>([
  [
    '3',
    {
      value: '2',
      help: 'generate 32-bit ELF files (-G)',
      set: dataModel('3', '2', (invocation) => {
        invocation.dataModel = 32;
      }),
    },
  ],
  [
    '6',
    {
      value: '4',
      help: 'generate 64-bit D programs and ELF files',
      set: dataModel('6', '4', (invocation) => {
        invocation.dataModel = 64;
      }),
    },
  ],
  ['a', { help: 'claim anonymous tracing state (not available)', set: refused('a', NO_ANONYMOUS) }],
  [
    'A',
    { help: 'generate directives for anonymous tracing (not available)', set: refused('A', NO_ANONYMOUS) },
  ],
  ['b', { value: 'bufsz', help: 'set trace buffer size', set: option('b', 'bufsize') }],
  [
    'B',
    {
      help: 'show buffered output (not available)',
      set: refused('B', 'use --format json to see the stream'),
    },
  ],
  [
    'c',
    {
      value: 'cmd',
      help: 'run specified command and exit upon its completion',
      set: (invocation, value) => invocation.commands.push(value),
    },
  ],
  ['C', { help: 'run the C preprocessor on script files', set: option('C', 'cpp') }],
  [
    'D',
    { value: 'name[=def]', help: 'define symbol when invoking preprocessor', set: option('D', 'define') },
  ],
  [
    'e',
    {
      help: 'exit after compiling request but prior to enabling probes',
      set: (invocation) => {
        invocation.compileOnly = true;
      },
    },
  ],
  [
    'f',
    { value: 'func', help: 'enable or list probes matching the function name', set: program('function') },
  ],
  ['F', { help: 'coalesce trace output by function', set: option('F', 'flowindent') }],
  ['G', { help: 'generate an ELF file with the provider definitions of scripts', set: mode('object') }],
  ['h', { help: 'generate a header file with the provider definitions of scripts', set: mode('header') }],
  ['H', { help: 'print included files when preprocessing', set: option('H', 'cpphdrs') }],
  ['i', { value: 'probe-id', help: 'enable or list probes matching the probe id', set: program('name') }],
  [
    'I',
    { value: 'path', help: 'add include directory to preprocessor search path', set: option('I', 'incdir') },
  ],
  ['l', { help: 'list probes matching specified criteria', set: mode('list') }],
  ['L', { value: 'path', help: 'add library directory to library search path', set: option('L', 'libdir') }],
  ['m', { value: 'module', help: 'enable or list probes matching the module name', set: program('module') }],
  ['n', { value: 'name', help: 'enable or list probes matching the probe name', set: program('name') }],
  [
    'o',
    {
      value: 'output',
      help: 'set output file (text is added at its end)',
      set: (invocation, value) => {
        invocation.outputFile = value;
      },
    },
  ],
  ['p', { value: 'pid', help: 'trace with $target set to process-ID; exit when it ends', set: addPid }],
  [
    'P',
    { value: 'provider', help: 'enable or list probes matching the provider name', set: program('provider') },
  ],
  ['q', { help: 'set quiet mode (only output explicitly traced data)', set: option('q', 'quiet') }],
  [
    's',
    {
      value: 'script',
      help: 'enable or list probes according to the D script',
      set: (invocation, path) => invocation.programs.push({ kind: 'script', path }),
    },
  ],
  [
    'S',
    {
      help: 'print the generated eBPF programs',
      set: (invocation) => {
        invocation.disassemble = true;
      },
    },
  ],
  ['U', { value: 'name', help: 'undefine symbol when invoking preprocessor', set: option('U', 'undef') }],
  [
    'v',
    {
      help: 'set verbose mode (report stability attributes, arguments)',
      set: (invocation) => {
        invocation.verbose = true;
      },
    },
  ],
  ['V', { help: 'report DTrace API version', set: mode('version') }],
  ['w', { help: 'permit destructive actions', set: option('w', 'destructive') }],
  ['x', { value: 'opt[=val]', help: 'enable or modify compiler and tracing options', set: setOption }],
  ['X', { value: 'a|c|s|t', help: 'ISO C conformance of the preprocessor', set: option('X', 'stdc') }],
  ['Z', { help: 'permit probe descriptions that match zero probes', set: option('Z', 'zdefs') }],
]);

/** Ours, by their long names. */
export const longFlags: ReadonlyMap<string, Flag> = new Map<string, Flag>([
  [
    'format',
    {
      value: 'name[:param=value]',
      help: 'form of the output: text, json, csv, top, flamegraph, …',
      set: setFormat,
    },
  ],
  ['check', { help: 'compile only; print what is wrong as JSON lines, for editors', set: mode('check') }],
  [
    'compile',
    {
      help: 'compile only; write an image that runs on other kernels too (to -o, or the script with .dti)',
      set: mode('compile'),
    },
  ],
  [
    'run',
    {
      value: 'image',
      help: 'run an image that --compile wrote',
      set: (invocation, path) => {
        mode('run')(invocation, path);
        invocation.image = path;
      },
    },
  ],
  [
    'completion',
    {
      value: 'bash|zsh|fish',
      help: 'print a script that completes flags and probe names in that shell',
      set: (invocation, shell) => {
        mode('completion')(invocation, shell);
        invocation.shell = shell;
      },
    },
  ],
  ['man', { help: 'print the manual page', set: mode('man') }],
  ['help', { help: 'show this text', set: mode('help') }],
  ['version', { help: 'as -V', set: mode('version') }],
]);
