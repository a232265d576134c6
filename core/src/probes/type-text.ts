import { typeName } from '../language/types/names.js';
import { pointee, resolve } from '../language/types/queries.js';
import type { Type } from '../language/types.js';

/** As a script can write it. What has no name in C, or is more than a word, is a plain word. */
export function typeText(type: Type): string {
  const { kind } = resolve(type);
  if (kind === 'struct' || kind === 'union') return 'uint64_t';
  const target = pointee(type);
  return target !== undefined && resolve(target).kind === 'function' ? 'void *' : typeName(type);
}
