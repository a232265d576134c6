/** Options that would have the broker read files or run programs, or show what is the kernel's. */
import type { StartRequest } from '../requests.js';

/** The client does these itself, before it sends anything. */
const BY_THE_CLIENT = new Set([
  'cpp',
  'cppargs',
  'cpppath',
  'cpphdrs',
  'stdc',
  'define',
  'undef',
  'incdir',
  'libdir',
]);
const REFUSED = new Set(['btf', 'bpflog', 'verbose', 'debug', 'fbtbackend', 'version']);

export class OptionRefusal extends Error {
  override readonly name = 'OptionRefusal';
}

export function optionsOf({ options }: StartRequest): StartRequest['options'] {
  for (const [name] of options)
    if (REFUSED.has(name)) throw new OptionRefusal(`option ${name} is not available through dtraced`);
  return options.filter(([name]) => !BY_THE_CLIENT.has(name));
}
