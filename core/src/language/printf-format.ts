/** Format texts of printf() and printa(), taken apart. The checker types them, the consumer prints by them. */

export interface Conversion {
  /** Literal text before it. */
  readonly prefix: string;
  /** Letters including size prefixes: `d`, `lld`, `Y`, `k`, `%`. */
  readonly name: string;
  readonly flags: {
    readonly left: boolean;
    readonly zero: boolean;
    readonly alternate: boolean;
    readonly plus: boolean;
    readonly space: boolean;
    readonly group: boolean;
    /** `%@d`: the value of the aggregation. */
    readonly aggregation: boolean;
  };
  readonly width?: number | 'argument';
  readonly precision?: number | 'argument';
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
}

export interface Format {
  readonly conversions: readonly Conversion[];
  /** Literal text after the last conversion. */
  readonly rest: string;
}

export interface FormatError {
  readonly problem: 'unfinished' | 'unknown' | 'positional' | 'stars' | 'dots' | 'percent';
  readonly conversion: number;
  readonly text: string;
  /** Of which of its two numbers there is too much. */
  readonly part: 'width' | 'precision';
}

/** What a conversion's argument must be; texts name it in messages. */
export const conversionArguments: ReadonlyMap<string, ConversionArgument> = new Map<
  string,
  ConversionArgument
>([
  ...list('integer', 'd', 'i', 'o', 'u', 'x', 'X'),
  ...list('character', 'c', 'C'),
  ...list('float', 'e', 'E', 'f', 'g', 'G', 'Le', 'LE', 'Lf', 'Lg', 'LG'),
  ...list('short', 'hd', 'hi'),
  ...list('unsigned short', 'ho', 'hu'),
  ...list('any short', 'hx', 'hX'),
  ...list('int', 'lc', 'wc'),
  ...list('long', 'ld', 'li'),
  ...list('unsigned long', 'lo', 'lu'),
  ...list('any long', 'lx', 'lX'),
  ...list('long long', 'lld', 'lli'),
  ...list('unsigned long long', 'llo', 'llu'),
  ...list('any long long', 'llx', 'llX'),
  ...list('string', 's', 'S'),
  ...list('wide string', 'ls', 'ws'),
  ...list('kernel address', 'a'),
  ...list('user address', 'A'),
  ...list('address', 'p'),
  ...list('stack', 'k'),
  ...list('time', 'T', 'Y'),
  ...list('port', 'P'),
  ...list('host', 'I'),
  ...list('nothing', '%'),
]);

export type ConversionArgument =
  | 'integer'
  | 'character'
  | 'float'
  | 'short'
  | 'unsigned short'
  | 'any short'
  | 'int'
  | 'long'
  | 'unsigned long'
  | 'any long'
  | 'long long'
  | 'unsigned long long'
  | 'any long long'
  | 'string'
  | 'wide string'
  | 'kernel address'
  | 'user address'
  | 'address'
  | 'stack'
  | 'time'
  | 'port'
  | 'host'
  | 'nothing';

function list(argument: ConversionArgument, ...names: readonly string[]): [string, ConversionArgument][] {
  return names.map((name) => [name, argument]);
}

const specification = /%([-+ #0'@?]*)(\d+|\*+)?((?:\.(?:\d+|\*+)?)*)([-+ #0'@?\d*]*)([hlLwjzt]*)([\s\S]?)/g;

export function parseFormat(text: string): Format | FormatError {
  const conversions: Conversion[] = [];
  let end = 0;
  specification.lastIndex = 0;
  for (let found = specification.exec(text); found; found = specification.exec(text)) {
    const [whole, flags = '', width, precision = '', late = '', sizes = '', letter = ''] = found;
    const number = conversions.length + 1;
    const problem = (kind: FormatError['problem']): FormatError => ({
      problem: kind,
      conversion: number,
      text: sizes + letter,
      part: /\*\*/.test(width ?? '') ? 'width' : 'precision',
    });
    if (letter === '') return problem(sizes === '' ? 'unfinished' : 'unknown');
    if (letter === '$') return problem('positional');
    if (letter === '%' && whole !== '%%') return problem('percent');
    if (precision.split('.').length > 2) return problem('dots');
    if (/\*\*/.test(`${width ?? ''} ${precision}`)) return problem('stars');
    if (!conversionArguments.has(sizes + letter)) return problem('unknown');
    const all = flags + late.replace(/[\d*]/g, '');
    const has = (flag: string): boolean => all.includes(flag);
    const shownWidth = has('?') ? 16 : size(width);
    const shownPrecision = precision === '' ? undefined : (size(precision.slice(1)) ?? 0);
    conversions.push({
      prefix: text.slice(end, found.index),
      name: sizes + letter,
      flags: {
        left: has('-'),
        zero: has('0') && !has('-'),
        alternate: has('#'),
        plus: has('+'),
        space: has(' '),
        group: has("'"),
        aggregation: has('@'),
      },
      ...(shownWidth !== undefined && { width: shownWidth }),
      ...(shownPrecision !== undefined && { precision: shownPrecision }),
      start: found.index,
      end: specification.lastIndex,
    });
    end = specification.lastIndex;
  }
  return { conversions, rest: text.slice(end) };
}

function size(text: string | undefined): number | 'argument' | undefined {
  if (text === undefined || text === '') return undefined;
  return text.startsWith('*') ? 'argument' : Number(text);
}
