/**
 * POSIX option parsing as the dtrace command has it: clustered letters, attached or separate values, options and
 * operands in any order, everything after `--` an operand. Long options are ours.
 */
export interface Letter {
  /** Takes a value. */
  readonly value?: boolean;
}

export type Token =
  | { readonly kind: 'option'; readonly name: string; readonly value?: string }
  | { readonly kind: 'operand'; readonly value: string };

/** The command line makes no sense: the message, and the usage text follows. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface OptionNames {
  readonly letters: ReadonlyMap<string, Letter>;
  /** Names without the dashes. */
  readonly long: ReadonlyMap<string, Letter>;
}

export function* tokens(args: readonly string[], names: OptionNames): Generator<Token> {
  for (let index = 0; index < args.length; ) {
    const arg = args[index++]!;
    if (arg === '--') {
      for (const value of args.slice(index)) yield { kind: 'operand', value };
      return;
    }
    // The next argument is the value whatever it looks like: `-n -foo` is a description.
    const next = (option: string): string => {
      const value = args[index++];
      if (value === undefined) throw new UsageError(`option requires an argument -- ${option}`);
      return value;
    };
    if (arg.startsWith('--')) yield longOption(arg.slice(2), names.long, next);
    else if (arg.startsWith('-') && arg !== '-') yield* cluster(arg.slice(1), names.letters, next);
    else yield { kind: 'operand', value: arg };
  }
}

type NextArgument = (option: string) => string;

function longOption(text: string, known: OptionNames['long'], next: NextArgument): Token {
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const option = known.get(name);
  if (option === undefined) throw new UsageError(`unrecognized option '--${name}'`);
  if (option.value) return { kind: 'option', name, value: equals < 0 ? next(name) : text.slice(equals + 1) };
  if (equals >= 0) throw new UsageError(`option '--${name}' doesn't allow an argument`);
  return { kind: 'option', name };
}

function* cluster(text: string, known: OptionNames['letters'], next: NextArgument): Generator<Token> {
  for (let at = 0; at < text.length; at++) {
    const name = text[at]!;
    const option = known.get(name);
    if (option === undefined) throw new UsageError(`invalid option -- '${name}'`);
    if (!option.value) {
      yield { kind: 'option', name };
      continue;
    }
    const attached = text.slice(at + 1);
    yield { kind: 'option', name, value: attached === '' ? next(name) : attached };
    return;
  }
}
