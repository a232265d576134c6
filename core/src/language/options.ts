/**
 * The options that `-x`, `#pragma D option` and setopt() know: form, first value and meaning of each. The page
 * docs/options.md is made from this table.
 */
import { parseCount, parseFlag, parseRate, parseSize } from './option-values.js';

export type OptionForm = 'flag' | 'number' | 'size' | 'rate' | 'text' | readonly string[];

export interface Option {
  readonly form: OptionForm;
  /** The value it has when nobody sets it, as one would write it. */
  readonly initial: string;
  readonly meaning: string;
  /** `unused`: accepted, so that old scripts run, and there is nothing for it to do; `refused`: naming it is an error. */
  readonly effect: 'full' | 'unused' | 'refused';
}

/** `compiling`: read when a program is compiled; `starting`: when tracing starts; `tracing`: setopt() may change it. */
export type OptionTime = 'compiling' | 'starting' | 'tracing';

type Row = readonly [name: string, form: OptionForm, initial: string, meaning: string];

const rows = (effect: Option['effect'], list: readonly Row[]): [string, Option][] =>
  list.map(([name, form, initial, meaning]) => [name, { form, initial, meaning, effect }]);

const compiling = new Map<string, Option>([
  ...rows('full', [
    ['aggpercpu', 'flag', 'off', 'under each value of an aggregation, what every CPU has of it'],
    ['amin', 'text', '', 'least stability of what a script uses: `name/data/class`'],
    ['argref', 'flag', 'off', 'arguments of a script may be left unused'],
    [
      'btf',
      'text',
      '',
      "a file with types besides the kernel's: BTF, an object file or kernel with BTF or DWARF, a C header",
    ],
    ['cpp', 'flag', 'off', 'run the C preprocessor over scripts (`-C`)'],
    ['cppargs', 'text', '', 'further arguments of the C preprocessor'],
    ['cpphdrs', 'flag', 'off', 'print the files that are included (`-H`)'],
    ['cpppath', 'text', '/usr/bin/cpp', 'the C preprocessor; without one the built-in one is used'],
    ['debug', 'flag', 'off', 'tell on standard error what is being done, and when'],
    ['defaultargs', 'flag', 'off', 'script arguments that are missing are 0 or ""'],
    ['define', 'text', '', 'define a name for the preprocessor (`-D`)'],
    ['droptags', 'flag', 'off', 'put the tag of its kind before each message about lost data'],
    ['empty', 'flag', 'off', 'a script without any clause is no error'],
    ['errtags', 'flag', 'off', 'put its tag before each error message'],
    [
      'evaltime',
      ['exec', 'preinit', 'postinit', 'main'],
      'preinit',
      'how far a command of `-c` gets before a program that names $target looks for its probes and traces it',
    ],
    ['incdir', 'text', '', 'a folder of files to include (`-I`)'],
    ['libdir', 'text', '', 'a folder of D libraries (`-L`)'],
    [
      'minkernel',
      'text',
      '5.10',
      'oldest kernel that an image (`--compile`) is to run on; what newer ones have besides is not used',
    ],
    ['nolibs', 'flag', 'off', 'read no D libraries'],
    ['preciseargs', 'flag', 'off', 'arguments at returns of functions: each return instruction is probed'],
    ['stdc', ['a', 'c', 's', 't'], 'a', 'how strictly the preprocessor keeps to ISO C (`-X`)'],
    ['undef', 'text', '', 'undefine a name for the preprocessor (`-U`)'],
    ['verbose', 'flag', 'off', 'print the generated programs (`-S`)'],
    ['version', 'text', '2.0', 'the version of D that a script is written for'],
    ['strip', 'flag', 'off', 'object files of `-G` do not carry what they were made of'],
    ['zdefs', 'flag', 'off', 'probe descriptions may match nothing (`-Z`)'],
  ]),
  ...rows('unused', [
    ['arch', 'text', '', 'programs are always made for this machine'],
    ['archlibdir', 'text', '', 'see `libdir`'],
    ['core', 'flag', 'off', 'a run leaves no core dump'],
    ['ctfpath', 'text', '', 'types come from BTF, which the kernel itself offers'],
    ['debugassert', 'text', '', 'there are no assertions of such a kind'],
    ['disasm', 'number', '1', '`-S` prints programs in one form'],
    ['dofstashpath', 'text', '', 'probes of programs need no stash'],
    ['iregs', ['1', '2', '3', '4', '5', '6', '7', '8'], '8', 'eBPF has its own registers'],
    ['kdefs', 'flag', 'on', 'symbols of the kernel are always resolved when compiling'],
    ['knodefs', 'flag', 'off', 'symbols of the kernel are always resolved when compiling'],
    ['late', ['dynamic', 'static'], 'dynamic', 'translators are expanded when compiling'],
    ['lazyload', 'flag', 'off', 'concerns object files of `-G`'],
    ['ldpath', 'text', '', 'concerns object files of `-G`'],
    [
      'linkmode',
      ['kernel', 'primary', 'dynamic', 'static'],
      'kernel',
      'symbols of the kernel are always resolved when compiling',
    ],
    ['linknommap', 'flag', 'off', 'concerns object files of `-G`'],
    ['linktype', ['dof', 'elf'], 'elf', 'concerns object files of `-G`'],
    ['modpath', 'text', '', 'types come from BTF, which the kernel itself offers'],
    ['noerror', 'flag', 'off', 'a failing action never ends a run'],
    ['nojtanalysis', 'flag', 'off', 'concerns a provider of another system'],
    ['objcopypath', 'text', '', 'concerns object files of `-G`'],
    ['pgmax', 'number', '8', 'processes are not kept open'],
    ['preallocate', 'number', '0', 'memory is taken as it is needed'],
    ['procfspath', 'text', '/proc', 'processes are looked up in /proc'],
    ['pspec', 'flag', 'off', 'probe descriptions need no sign of their own'],
    ['syslibdir', 'text', '', "the command's own library comes with it"],
    ['sysslice', 'text', '', 'processes are never grabbed'],
    ['tregs', 'number', '8', 'tuples have no registers of their own'],
    ['udefs', 'flag', 'off', 'symbols of programs are resolved when they are printed'],
    ['unodefs', 'flag', 'on', 'symbols of programs are resolved when they are printed'],
    ['useruid', 'text', '', 'processes are never grabbed'],
  ]),
  ...rows('refused', [
    ['ctypes', 'text', '', 'types come from BTF: there is no CTF container to write'],
    ['dtypes', 'text', '', 'types come from BTF: there is no CTF container to write'],
    ['setenv', 'text', '', 'set variables of the environment where dtrace itself is started'],
    ['tree', 'text', '', 'parse trees are not printed; `-S` shows what was generated'],
    ['unsetenv', 'text', '', 'set variables of the environment where dtrace itself is started'],
  ]),
]);

const starting = new Map<string, Option>([
  ...rows('full', [
    [
      'aggsize',
      'size',
      '',
      'bytes of keys and values of an aggregation; beyond, new keys are dropped. Unset: some 40,000 small keys',
    ],
    ['bpflog', 'flag', 'off', "print the kernel's report on every program it loads"],
    [
      'bufpolicy',
      ['fill', 'ring', 'switch'],
      'switch',
      'what happens to records: printed as they come, recorded until there is no room, or the last ones kept',
    ],
    ['bufresize', ['auto', 'manual'], 'auto', 'whether buffers that there is no memory for are made smaller'],
    ['bufsize', 'size', '4m', "bytes of each CPU's buffer; from 64k on rounded up to a power of two (`-b`)"],
    ['cpu', 'number', '', 'trace on this CPU only'],
    ['destructive', 'flag', 'off', 'permit destructive actions (`-w`)'],
    [
      'dynvarsize',
      'size',
      '',
      'bytes of an associative array; beyond, new elements are dropped. Unset: some 10,000 small elements',
    ],
    [
      'fbtbackend',
      ['fentry', 'kprobe', 'kprobe_multi'],
      '',
      'what probes of kernel functions are attached by. Unset: the best that the kernel has',
    ],
    [
      'instrbackend',
      ['uprobe', 'kprobe', 'breakpoint'],
      '',
      'what probes of single instructions are attached by. Unset: the best for each place',
    ],
    ['jstackframes', 'number', '50', 'frames of jstack()'],
    ['looplimit', 'number', '1000', 'turns that one loop may take'],
    [
      'maxframes',
      'number',
      '',
      'most frames of any stack, and the frames of those that are not said to have fewer; the kernel has 127 at most',
    ],
    ['mangled', 'flag', 'off', 'functions of C++ and Rust are printed by the names that symbols have'],
    ['noresolve', 'flag', 'off', 'addresses in programs are printed without names of functions'],
    ['nspec', 'number', '1', 'speculations'],
    ['pcapsize', 'size', '64', 'bytes of a packet that pcap() records'],
    ['scratchsize', 'size', '4k', 'bytes of one alloca() or copyin() whose size is not constant'],
    ['specsize', 'size', '32k', 'bytes recorded to one speculation'],
    ['stackframes', 'number', '20', 'frames of stack()'],
    ['statusrate', 'rate', '1sec', 'how often lost data is told of and, once set, exit() looked for'],
    ['strsize', 'size', '256', 'characters that a string may have'],
    ['ustackframes', 'number', '20', 'frames of ustack()'],
    [
      'ustackunwind',
      ['auto', 'fp', 'dwarf'],
      'auto',
      'how user stacks are walked: by tables where there are some, by frame pointers, by tables alone',
    ],
  ]),
  ...rows('unused', [
    ['bpflogsize', 'size', '16m', 'the report has the room it needs'],
    ['cleanrate', 'rate', '101hz', 'what is no longer used is free at once'],
    ['lockmem', 'text', 'unlimited', 'the limit of locked memory is lifted where an old kernel has one'],
    ['jstackstrsize', 'size', '0', 'names of frames are not recorded'],
    ['temporal', 'flag', 'on', 'records of all CPUs are always printed in order of time'],
  ]),
  ...rows('refused', [
    ['grabanon', 'flag', 'off', 'anonymous tracing (from boot on) is not possible with eBPF programs'],
  ]),
]);

const tracing = new Map<string, Option>([
  ...rows('full', [
    ['agghist', 'flag', 'off', 'print plain aggregations as bars'],
    ['aggpack', 'flag', 'off', 'print distributions one to a line'],
    ['aggrate', 'rate', '', 'how often aggregations are read. Unset: whenever a script asks for them'],
    ['aggsortkey', 'flag', 'off', 'sort aggregations by key instead of value'],
    ['aggsortkeypos', 'number', '0', 'the part of the key that counts first'],
    ['aggsortpos', 'number', '0', 'which of several aggregations printed together counts first'],
    ['aggsortrev', 'flag', 'off', 'sort aggregations the other way round'],
    ['aggzoom', 'flag', 'off', 'the largest count fills the width of a distribution'],
    ['encoding', ['ascii', 'utf8'], 'ascii', 'characters that bars are drawn with'],
    ['flowindent', 'flag', 'off', 'indent by calls and returns (`-F`)'],
    ['printsize', 'size', '8k', 'bytes of a value that print() shows'],
    ['quiet', 'flag', 'off', 'print only what the script prints (`-q`)'],
    ['rawbytes', 'flag', 'off', 'trace() shows bytes'],
    ['stackindent', 'number', '14', 'spaces before the frames of stacks'],
    ['switchrate', 'rate', '10hz', 'how often records are read and, once set, exit() looked for'],
  ]),
  ...rows('unused', [['quietresize', 'flag', 'off', 'that sizes are rounded up is never told']]),
  ...rows('refused', [['oformat', 'text', '', 'use `--format json`']]),
]);

/** In the order of the page. */
export const optionTables: readonly (readonly [OptionTime, ReadonlyMap<string, Option>])[] = [
  ['compiling', compiling],
  ['starting', starting],
  ['tracing', tracing],
];

export const options: ReadonlyMap<string, Option> = new Map([...compiling, ...starting, ...tracing]);

export const isTracingOption = (name: string): boolean => tracing.has(name);

/** Whether the text is a value the option takes; undefined: no value was written. */
export function optionAccepts({ form }: Option, text: string | undefined): boolean {
  if (form === 'flag') return parseFlag(text) !== undefined;
  if (text === undefined) return false;
  switch (form) {
    case 'text':
      return true;
    case 'number':
      return parseCount(text) !== undefined;
    case 'size':
      return parseSize(text) !== undefined;
    case 'rate':
      return parseRate(text) !== undefined;
    default:
      return form.includes(text);
  }
}

export type OptionProblem = 'name' | 'value' | 'version' | 'refused';

/** What is wrong with a setting, if anything is. */
export function optionProblem(name: string, text: string | undefined): OptionProblem | undefined {
  const option = options.get(name);
  if (option === undefined) return 'name';
  if (option.effect === 'refused') return 'refused';
  if (!optionAccepts(option, text)) return 'value';
  if (name === 'strsize' && (parseSize(text ?? '') ?? 0) < LEAST_STRSIZE) return 'value';
  return name === 'version' && !isSupported(text ?? '') ? 'version' : undefined;
}

const LEAST_STRSIZE = 2;
/** The newest version of D a script can ask for. */
const NEWEST = [2, 0, 0] as const;

function isSupported(version: string): boolean {
  const [major = 0, minor = 0, micro = 0] = version.split('.').map(Number);
  return major < NEWEST[0] || (major === NEWEST[0] && minor === NEWEST[1] && micro === NEWEST[2]);
}

const PROBLEMS: Readonly<Record<Exclude<OptionProblem, 'refused'>, string>> = {
  name: 'Invalid option name',
  value: 'Invalid value for specified option',
  version: 'Requested version is not supported by compiler',
};

/** As messages say it. */
export function optionProblemText(name: string, problem: OptionProblem): string {
  return problem === 'refused' ? (options.get(name)?.meaning ?? '') : PROBLEMS[problem];
}
