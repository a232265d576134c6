/** The options `#pragma D option` and `-x` know, and the form of their values. */

export type OptionValue = 'flag' | 'number' | 'size' | 'rate' | 'text' | readonly string[];

const named = (value: OptionValue, ...names: readonly string[]): [string, OptionValue][] =>
  names.map((name) => [name, value]);

export const options: ReadonlyMap<string, OptionValue> = new Map([
  // ---- compiling
  ...named(
    'flag',
    'aggpercpu',
    'argref',
    'cpp',
    'cpphdrs',
    'debug',
    'defaultargs',
    'disasm',
    'empty',
    'errtags',
  ),
  ...named(
    'flag',
    'kdefs',
    'knodefs',
    'lazyload',
    'linknommap',
    'nolibs',
    'strip',
    'udefs',
    'unodefs',
    'verbose',
  ),
  ...named('flag', 'zdefs'),
  ...named('flag', 'droptags', 'mangled', 'noerror', 'nojtanalysis', 'preciseargs'),
  ...named('text', 'amin', 'arch', 'archlibdir', 'core', 'cppargs', 'cpppath', 'ctypes', 'ctfpath', 'define'),
  ...named('text', 'debugassert', 'dofstashpath', 'dtypes', 'encoding', 'objcopypath', 'setenv', 'unsetenv'),
  ...named(
    'text',
    'incdir',
    'ldpath',
    'libdir',
    'modpath',
    'procfspath',
    'pspec',
    'syslibdir',
    'sysslice',
    'tree',
  ),
  ...named('text', 'undef', 'useruid', 'version'),
  // Names of registers that a classic D program had; the number is checked and then of no use.
  ...named(['1', '2', '3', '4', '5', '6', '7', '8'], 'iregs'),
  ...named('number', 'pgmax', 'preallocate', 'tregs'),
  ...named(['exec', 'preinit', 'postinit', 'main'], 'evaltime'),
  ...named(['kernel', 'primary', 'dynamic', 'static'], 'linkmode'),
  ...named(['dof', 'elf'], 'linktype'),
  ...named(['a', 'c', 's', 't'], 'stdc'),
  ...named(['dynamic', 'static'], 'late'),

  // ---- fixed when tracing starts
  ...named(
    'size',
    'aggsize',
    'bpflogsize',
    'bufsize',
    'dynvarsize',
    'jstackstrsize',
    'pcapsize',
    'scratchsize',
  ),
  ...named('size', 'specsize', 'strsize'),
  ...named('rate', 'cleanrate', 'statusrate'),
  ...named('number', 'cpu', 'jstackframes', 'looplimit', 'maxframes', 'nspec', 'stackframes', 'ustackframes'),
  ...named('flag', 'bpflog', 'destructive', 'grabanon', 'noresolve', 'unodefs'),
  ...named(['fill', 'ring', 'switch'], 'bufpolicy'),
  ...named(['auto', 'manual'], 'bufresize'),
  ...named(['auto', 'fp', 'dwarf'], 'ustackunwind'),
  ...named(['limited', 'unlimited', 'disabled', 'mlockall', 'rlimit'], 'lockmem'),

  // ---- changeable while tracing
  ...named('rate', 'aggrate', 'switchrate'),
  ...named('number', 'aggsortkeypos', 'aggsortpos', 'stackindent'),
  ...named('flag', 'aggsortkey', 'aggsortrev', 'flowindent', 'quiet', 'quietresize', 'rawbytes', 'temporal'),
  ...named('flag', 'agghist', 'aggpack', 'aggzoom', 'iaggpack'),
  ...named('size', 'printsize'),
]);

const flagWords = new Set('yes no true false enable disable enabled disabled on off set unset'.split(' '));

/** Whether the text is a value the option takes; undefined: no value was written. */
export function optionAccepts(value: OptionValue, text: string | undefined): boolean {
  if (value === 'flag') return text === undefined || flagWords.has(text.toLowerCase()) || isNumber(text);
  if (text === undefined) return false;
  if (value === 'text') return true;
  if (value === 'number') return isNumber(text);
  if (value === 'size') return /^(0x[0-9a-f]+|\d+)[kmgt]?$/i.test(text);
  if (value === 'rate') return /^\d+(ns|nsec|us|usec|ms|msec|s|sec|m|min|h|hour|d|day|hz)?$/i.test(text);
  return value.includes(text);
}

const isNumber = (text: string): boolean => /^(0x[0-9a-f]+|\d+)$/i.test(text) && BigInt(text) < 1n << 63n;

/** The meaning of a flag's value. */
export const isOn = (text: string): boolean => !/^(no|false|disabled?|off|unset|0)$/i.test(text);

/** Bytes: `4k` is 4096. */
export function optionSize(text: string): number {
  const [, digits = '', unit = ''] = /^(.*?)([kmgt]?)$/i.exec(text) ?? [];
  return Number(digits) * 1024 ** ' kmgt'.indexOf(unit === '' ? ' ' : unit.toLowerCase());
}
