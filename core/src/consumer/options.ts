/** Options that change what is printed. setopt() may change them while records are processed. */

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
  aggzoom: boolean;
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
  aggzoom: false,
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
  'aggzoom',
] as const;
const numbers = ['stackindent', 'printsize', 'aggsortkeypos', 'aggsortpos'] as const;
const negative = new Set(['0', 'no', 'off', 'false', 'disable', 'disabled', 'unset']);

/** Sets an option by its name in D. False: no such option here, or not a value for it. */
export function setConsumerOption(options: ConsumerOptions, name: string, value: string): boolean {
  const flag = flags.find((known) => known === name);
  if (flag) {
    options[flag] = !negative.has(value.toLowerCase());
    return true;
  }
  const number = numbers.find((known) => known === name);
  if (!number || !/^(0x[0-9a-f]+|\d+)$/i.test(value)) return false;
  options[number] = Number(value);
  return true;
}
