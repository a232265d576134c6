import type { Host } from './host.js';
import { KernelTypes } from './types/kernel-types.js';

/** BTF knows most functions and is quick to ask; kallsyms knows all and takes a tenth of a second to read. */
export function hasFunction(host: Pick<Host, 'types' | 'kernelSymbols'>, name: string): boolean {
  const { types } = host;
  if (types instanceof KernelTypes && types.available) return types.hasFunction(name);
  return host.kernelSymbols.has(name);
}
