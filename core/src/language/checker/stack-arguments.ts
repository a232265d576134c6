/** `stack(depth)` and `ustack(depth, strsize)`: both are fixed when the program is compiled. */
import type { Checking } from './state.js';
import { constantOf, type Value } from './values.js';

/** The constants; undefined when something was reported. Other actions have none. */
export function stackArguments(c: Checking, name: string, args: readonly Value[]): bigint[] | undefined {
  if (name !== 'stack' && name !== 'ustack' && name !== 'jstack') return [];
  const constants: bigint[] = [];
  for (const [i, argument] of args.entries()) {
    const value = constantOf(argument);
    const least = i === 0 ? 1n : 0n;
    if (value === undefined || value < least) {
      const id = name === 'stack' ? 'stack.size' : i === 0 ? 'stack.frames' : 'stack.strsize';
      c.bad(id, argument.span, { name });
      return undefined;
    }
    constants.push(value);
  }
  return constants;
}
