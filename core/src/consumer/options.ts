/** Options that change what is printed. setopt() may change them while records are processed. */

import { parseCount, parseFlag, parseSize } from '../language/option-values.js';

export interface ConsumerOptions {
  quiet: boolean;
  flowindent: boolean;
  rawbytes: boolean;
  /** Losses are told with their tag. */
  droptags: boolean;
  /** Characters a string may have. */
  strsize: number;
  /** Leading spaces of stack frames. */
  stackindent: number;
  /** Bytes of a value that print() shows. */
  printsize: number;
  aggsortkey: boolean;
  aggsortkeypos: number;
  aggsortpos: number;
  aggsortrev: boolean;
  agghist: boolean;
  aggpack: boolean;
  /** Each CPU's share below a value. */
  aggpercpu: boolean;
  aggzoom: boolean;
  /** What bars are drawn with. */
  encoding: 'ascii' | 'utf8';
  /** User addresses without names of functions. */
  noresolve: boolean;
  /** Functions of C++ and Rust by the names that symbols have. */
  mangled: boolean;
  /** Leaves CPU and probe id out of the columns, so that output can be compared. */
  noCpuId: boolean;
  /** Probe faults name the clause (`error in dt_clause_0 for …`) or the enabling (`error on enabled probe ID 1 …`). */
  faults: 'clause' | 'enabling';
  /** What %A takes a plain integer to be an address of. */
  target: number;
}

export const defaultOptions: Readonly<ConsumerOptions> = {
  quiet: false,
  flowindent: false,
  rawbytes: false,
  droptags: false,
  strsize: 256,
  stackindent: 14,
  printsize: 8192,
  aggsortkey: false,
  aggsortkeypos: 0,
  aggsortpos: 0,
  aggsortrev: false,
  agghist: false,
  aggpack: false,
  aggpercpu: false,
  aggzoom: false,
  encoding: 'ascii',
  noresolve: false,
  mangled: false,
  noCpuId: false,
  faults: 'clause',
  target: 0,
};

export function consumerOptions(changed: Partial<ConsumerOptions> = {}): ConsumerOptions {
  return { ...defaultOptions, ...changed };
}

const flags = [
  'quiet',
  'flowindent',
  'rawbytes',
  'droptags',
  'aggsortkey',
  'aggsortrev',
  'agghist',
  'aggpack',
  'aggpercpu',
  'aggzoom',
  'noresolve',
  'mangled',
] as const;
const numbers = ['stackindent', 'aggsortkeypos', 'aggsortpos'] as const;

/** Sets an option that output knows by its name in D. False: no such option here, or not a value for it. */
export function setConsumerOption(
  options: ConsumerOptions,
  name: string,
  value: string | undefined,
): boolean {
  const flag = flags.find((known) => known === name);
  if (flag) {
    const on = parseFlag(value);
    if (on === undefined) return false;
    options[flag] = on;
    return true;
  }
  if (name === 'encoding' && (value === 'ascii' || value === 'utf8')) {
    options.encoding = value;
    return true;
  }
  const number = name === 'printsize' ? name : numbers.find((known) => known === name);
  const count = number === 'printsize' ? parseSize(value ?? '') : parseCount(value ?? '');
  if (number === undefined || count === undefined) return false;
  options[number] = count;
  return true;
}
