import { typeName } from '../language/types/names.js';
import { pointee, resolve } from '../language/types/queries.js';
import type { Type, TypeSource } from '../language/types.js';
import type { ProbeArgument } from './probe.js';
import { tracepointParameters } from './site-kinds/raw-tracepoint.js';

/** As a script can write it. What has no name in C is a plain word. */
function typeText(type: Type): string {
  const { kind } = resolve(type);
  if (kind === 'struct' || kind === 'union') return 'uint64_t';
  const target = pointee(type);
  return target !== undefined && resolve(target).kind === 'function' ? 'void *' : typeName(type);
}

/** What a tracepoint itself carries; undefined when this kernel lacks it. */
export function tracepointArguments(
  tracepoint: string,
  types: TypeSource,
): readonly ProbeArgument[] | undefined {
  return tracepointParameters(tracepoint, types)?.map((type, i) => ({
    type: typeText(type),
    value: `args[${i}]`,
  }));
}
