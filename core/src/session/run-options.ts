import type { CompileOptions } from '../compiler/options.js';
import { type ConsumerOptions, consumerOptions, setConsumerOption } from '../consumer/options.js';
import { options as known, optionAccepts } from '../language/options.js';
import type { EvaluationTime } from './evaluation-time.js';
import { parseCount, parseFlag, parseRate, parseSize } from './option-values.js';

/** A DTrace option as `-x` and `#pragma D option` write it; `undefined`: a name without a value. */
export type OptionSetting = readonly [name: string, value: string | undefined];

export class OptionError extends Error {
  override readonly name = 'OptionError';
  constructor(
    message: string,
    readonly problem: 'name' | 'value' | 'version',
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
  /** Nanoseconds between two looks at the rings, at most. */
  readonly switchrate: bigint;
  /** Nanoseconds between two looks at the keys of aggregations. */
  readonly aggrate: bigint;
  /** Nanoseconds between two looks at the counters of lost data. */
  readonly statusrate: bigint;
}

const DEFAULT_STRSIZE = 256;
const LEAST_STRSIZE = 2;
/** The newest version of D a script can ask for. */
const NEWEST = [2, 0, 0] as const;
const MEGABYTE = 2 ** 20;
const SECOND = 1_000_000_000n;

/** Whether there is such an option and it takes such a value. */
export function isValidSetting([name, value]: OptionSetting): boolean {
  const kind = known.get(name);
  return kind !== undefined && optionAccepts(kind, value);
}

function isSupported(version: string): boolean {
  const [major = 0, minor = 0, micro = 0] = version.split('.').map(Number);
  return major < NEWEST[0] || (major === NEWEST[0] && minor === NEWEST[1] && micro === NEWEST[2]);
}

/** What a script sees as its last value of each option. */
class Settings {
  readonly #values = new Map<string, string | undefined>();

  constructor(settings: readonly OptionSetting[]) {
    for (const [name, value] of settings) {
      const kind = known.get(name);
      if (kind === undefined) throw new OptionError(`there is no option ${name}`, 'name');
      if (!optionAccepts(kind, value)) {
        throw new OptionError(
          value === undefined ? `option ${name} needs a value` : `option ${name} does not take '${value}'`,
          'value',
        );
      }
      if (name === 'strsize' && (parseSize(value ?? '') ?? 0) < LEAST_STRSIZE) {
        throw new OptionError('a string has at least 2 characters', 'value');
      }
      if (name === 'version' && !isSupported(value ?? '')) {
        throw new OptionError(`there is no version ${value} of D`, 'version');
      }
      this.#values.set(name, value);
    }
  }

  get entries(): Iterable<readonly [string, string | undefined]> {
    return this.#values;
  }
  flag(name: string): boolean {
    return this.#values.has(name) && parseFlag(this.#values.get(name));
  }
  text(name: string): string | undefined {
    return this.#values.get(name);
  }
  /** The option takes no other values than `T`. */
  choice<T extends string>(name: string, otherwise: T): T {
    return (this.#values.get(name) as T | undefined) ?? otherwise;
  }
  size(name: string, otherwise: number): number {
    return this.#read(name, parseSize) ?? otherwise;
  }
  count(name: string, otherwise: number): number {
    return this.#read(name, parseCount) ?? otherwise;
  }
  rate(name: string, otherwise: bigint): bigint {
    return this.#read(name, parseRate) ?? otherwise;
  }

  #read<T>(name: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.#values.get(name);
    return text === undefined ? undefined : parse(text);
  }
}

function consumerPart(settings: Settings): ConsumerOptions {
  const options = consumerOptions({ strsize: settings.size('strsize', DEFAULT_STRSIZE) });
  for (const [name, value] of settings.entries) setConsumerOption(options, name, value ?? '1');
  return options;
}

/** Resolves settings given in ascending priority: the script's pragmas first, the command line's after them. */
export function runOptions(list: readonly OptionSetting[]): RunOptions {
  const settings = new Settings(list);
  return {
    compile: {
      // The option counts characters; what holds a string also holds its end.
      strsize: settings.size('strsize', DEFAULT_STRSIZE) + 1,
      ...(settings.text('cpu') !== undefined && { cpu: settings.count('cpu', 0) }),
      bufsize: settings.size('bufsize', 4 * MEGABYTE),
      aggsize: settings.size('aggsize', 4 * MEGABYTE),
      dynvarsize: settings.size('dynvarsize', MEGABYTE),
      scratchsize: settings.size('scratchsize', 4096),
      nspec: Math.max(1, settings.count('nspec', 1)),
      specsize: settings.size('specsize', 32_768),
      printsize: settings.size('printsize', 8192),
      looplimit: settings.count('looplimit', 1000),
      stackframes: settings.count('stackframes', 20),
      ustackframes: settings.count('ustackframes', 20),
      ustackunwind: settings.choice('ustackunwind', 'auto'),
    },
    consumer: consumerPart(settings),
    destructive: settings.flag('destructive'),
    zeroMatches: settings.flag('zdefs'),
    defaultArguments: settings.flag('defaultargs'),
    noLibraries: settings.flag('nolibs'),
    evaluationTime: (settings.text('evaltime') ?? 'preinit') as EvaluationTime,
    preciseArguments: settings.flag('preciseargs'),
    amin: settings.text('amin'),
    switchrate: settings.rate('switchrate', SECOND / 10n),
    aggrate: settings.rate('aggrate', SECOND),
    statusrate: settings.rate('statusrate', SECOND),
  };
}
