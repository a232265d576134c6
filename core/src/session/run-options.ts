import type { CompileOptions } from '../compiler/options.js';
import { type ConsumerOptions, consumerOptions, setConsumerOption } from '../consumer/options.js';
import { parseCount, parseFlag, parseRate, parseSize } from '../language/option-values.js';
import { type OptionProblem, optionProblem, optionProblemText } from '../language/options.js';
import type { FunctionMeans, InstructionMeans } from '../probes/site.js';
import type { EvaluationTime } from './evaluation-time.js';

/** A DTrace option as `-x` and `#pragma D option` write it; `undefined`: a name without a value. */
export type OptionSetting = readonly [name: string, value: string | undefined];

export class OptionError extends Error {
  override readonly name = 'OptionError';
  constructor(
    message: string,
    readonly problem: OptionProblem,
  ) {
    super(message);
  }
}

/** Every option resolved. Later settings win. */
export interface RunOptions {
  readonly compile: CompileOptions;
  readonly consumer: ConsumerOptions;
  readonly destructive: boolean;
  readonly zeroMatches: boolean;
  readonly defaultArguments: boolean;
  readonly noLibraries: boolean;
  /** How far a command that is started gets before its probes are looked for. */
  readonly evaluationTime: EvaluationTime;
  /** Probes are taken in the form that knows most, whatever it costs. */
  readonly preciseArguments: boolean;
  readonly amin: string | undefined;
  /** Buffers that there is no memory for are made smaller. */
  readonly bufresize: 'auto' | 'manual';
  /** The kernel's report on every program is told. */
  readonly bpflog: boolean;
  readonly debug: boolean;
  /** The generated programs are printed. */
  readonly verbose: boolean;
  /** -x fbtbackend: the means by which kernel functions are probed; absent: the best that the kernel has. */
  readonly functionMeans: FunctionMeans | undefined;
  /** -x instrbackend: the means by which single instructions are probed; absent: what each allows. */
  readonly instructionMeans: InstructionMeans | undefined;
  /** Nanoseconds between two looks at the rings, at most. */
  readonly switchrate: bigint;
  /** Nanoseconds between two readings of aggregations; undefined: whenever they are asked for. */
  readonly aggrate: bigint | undefined;
  /** Nanoseconds until exit() is noticed, at most; undefined: at once. */
  readonly exitrate: bigint | undefined;
  /** Nanoseconds between two looks at the counters of lost data. */
  readonly statusrate: bigint;
}

const DEFAULT_STRSIZE = 256;
const MEGABYTE = 2 ** 20;
/** Of a stack when nothing is said of its depth. */
const USUAL_FRAMES = 20;
const SECOND = 1_000_000_000n;

const FUNCTION_MEANS: Readonly<Record<string, FunctionMeans>> = {
  fentry: 'fentry',
  kprobe: 'kprobe',
  kprobe_multi: 'kprobe-multi',
};
const INSTRUCTION_MEANS: Readonly<Record<string, InstructionMeans>> = {
  uprobe: 'uprobe',
  kprobe: 'kprobe',
  breakpoint: 'breakpoint',
};

/** What a script sees as its last value of each option. */
class Settings {
  readonly #values = new Map<string, string | undefined>();

  constructor(settings: readonly OptionSetting[]) {
    for (const [name, value] of settings) {
      const problem = optionProblem(name, value);
      if (problem !== undefined) {
        const setting = value === undefined ? name : `${name}=${value}`;
        throw new OptionError(`${setting}: ${optionProblemText(name, problem)}`, problem);
      }
      this.#values.set(name, value);
    }
  }

  get entries(): Iterable<readonly [string, string | undefined]> {
    return this.#values;
  }
  flag(name: string): boolean {
    return this.#values.has(name) && parseFlag(this.#values.get(name)) === true;
  }
  text(name: string): string | undefined {
    return this.#values.get(name);
  }
  /** The first of the words is the one that holds when nothing is set. */
  oneOf<T extends string>(name: string, words: readonly [T, ...T[]]): T {
    return words.find((word) => word === this.#values.get(name)) ?? words[0];
  }
  size<T>(name: string, otherwise: T): number | T {
    return this.#read(name, parseSize) ?? otherwise;
  }
  count<T>(name: string, otherwise: T): number | T {
    return this.#read(name, parseCount) ?? otherwise;
  }
  rate<T>(name: string, otherwise: T): bigint | T {
    return this.#read(name, parseRate) ?? otherwise;
  }

  #read<T>(name: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.#values.get(name);
    return text === undefined ? undefined : parse(text);
  }
}

const later = (a: bigint | undefined, b: bigint | undefined): bigint | undefined =>
  a !== undefined && b !== undefined ? (a > b ? a : b) : (a ?? b);

function consumerPart(settings: Settings): ConsumerOptions {
  const options = consumerOptions({ strsize: settings.size('strsize', DEFAULT_STRSIZE) });
  for (const [name, value] of settings.entries) setConsumerOption(options, name, value);
  return options;
}

/** Resolves settings given in ascending priority: the script's pragmas first, the command line's after them. */
export function runOptions(list: readonly OptionSetting[]): RunOptions {
  const settings = new Settings(list);
  const frames = settings.count('maxframes', USUAL_FRAMES);
  return {
    compile: {
      // The option counts characters; what holds a string also holds its end.
      strsize: settings.size('strsize', DEFAULT_STRSIZE) + 1,
      ...(settings.text('cpu') !== undefined && { cpu: settings.count('cpu', 0) }),
      bufsize: settings.size('bufsize', 4 * MEGABYTE),
      bufpolicy: settings.oneOf('bufpolicy', ['switch', 'fill', 'ring']),
      aggsize: settings.size('aggsize', undefined),
      dynvarsize: settings.size('dynvarsize', undefined),
      scratchsize: settings.size('scratchsize', 4096),
      nspec: Math.max(1, settings.count('nspec', 1)),
      specsize: settings.size('specsize', 32_768),
      printsize: settings.size('printsize', 8192),
      looplimit: settings.count('looplimit', 1000),
      stackframes: settings.count('stackframes', frames),
      ustackframes: settings.count('ustackframes', frames),
      ustackunwind: settings.oneOf('ustackunwind', ['auto', 'fp', 'dwarf']),
      jstackframes: settings.count('jstackframes', 50),
      maxframes: settings.count('maxframes', undefined),
    },
    consumer: consumerPart(settings),
    destructive: settings.flag('destructive'),
    zeroMatches: settings.flag('zdefs'),
    defaultArguments: settings.flag('defaultargs'),
    noLibraries: settings.flag('nolibs'),
    evaluationTime: (settings.text('evaltime') ?? 'preinit') as EvaluationTime,
    preciseArguments: settings.flag('preciseargs'),
    amin: settings.text('amin'),
    bufresize: settings.oneOf('bufresize', ['auto', 'manual']),
    bpflog: settings.flag('bpflog'),
    debug: settings.flag('debug'),
    verbose: settings.flag('verbose'),
    functionMeans: FUNCTION_MEANS[settings.text('fbtbackend') ?? ''],
    instructionMeans: INSTRUCTION_MEANS[settings.text('instrbackend') ?? ''],
    switchrate: settings.rate('switchrate', SECOND / 10n),
    aggrate: settings.rate('aggrate', undefined),
    exitrate: later(settings.rate('switchrate', undefined), settings.rate('statusrate', undefined)),
    statusrate: settings.rate('statusrate', SECOND),
  };
}
